"""The workflow and azure.yaml as text: GitHub and azd themselves are not available here.

`make audit` has zizmor look at what any workflow must keep: pinned actions, no value pasted into
a script, no more rights than needed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from tests.publishing.package import PROJECT

PATH = PROJECT / ".github/workflows/deploy.yml"
WORKFLOW: dict[Any, Any] = yaml.safe_load(PATH.read_text("utf-8"))
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]


def _steps(action: str) -> list[tuple[str, dict[str, Any]]]:
    return [(job, step) for job, step in STEPS if step.get("uses", "").startswith(f"{action}@")]


def _runs(job: str) -> str:
    return "\n".join(step.get("run", "") for step in JOBS[job]["steps"])


def test_an_action_is_pinned_to_the_same_commit_everywhere() -> None:
    used = {step["uses"] for _, step in STEPS if "uses" in step}
    assert len({one.partition("@")[0].lower() for one in used}) == len(used)


def test_permissions_are_minimal_and_only_publishing_may_sign_in() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    may_sign_in = {name for name, job in JOBS.items() if "id-token" in job.get("permissions", {})}
    assert may_sign_in == {"deploy", "smoke"} == {job for job, _ in _steps("azure/login")}
    for name in may_sign_in:
        assert JOBS[name]["permissions"] == {"contents": "read", "id-token": "write"}
        assert JOBS[name]["environment"] == "production"


def test_signing_in_to_azure_needs_no_secret() -> None:
    assert "secrets." not in PATH.read_text("utf-8")
    for _, step in _steps("azure/login"):
        assert set(step["with"]) == {"client-id", "tenant-id", "subscription-id"}


def test_nothing_is_published_unless_tests_and_bicep_pass() -> None:
    assert set(JOBS["deploy"]["needs"]) == {"check", "infra"}
    assert JOBS["smoke"]["needs"] == "deploy"
    condition = JOBS["deploy"]["if"]
    assert "github.event_name != 'pull_request'" in condition
    assert "refs/heads/main" in condition


def test_flex_consumption_gets_a_remote_build_and_no_setting_that_it_refuses() -> None:
    published = _steps("Azure/functions-action")
    assert {job for job, _ in published} == {"deploy"}
    assert len(published) == 2
    for _, step in published:
        assert step["with"] == {
            "app-name": "${{ vars.AZURE_FUNCTIONAPP_NAME }}",
            "package": ".",
            "remote-build": True,
            "respect-funcignore": True,
        }
    first, second = (step for _, step in published)
    assert first["continue-on-error"] is True
    assert second["if"] == f"steps.{first['id']}.outcome == 'failure'"


def test_the_published_folder_contains_only_the_checkout() -> None:
    assert [step["uses"].partition("@")[0] for step in JOBS["deploy"]["steps"]] == [
        "actions/checkout",
        "azure/login",
        "Azure/functions-action",
        "Azure/functions-action",
    ]


def test_tests_bicep_and_the_published_app_are_all_checked() -> None:
    for part in ("make check", "make test", "make faults"):
        assert part in _runs("check")
    for word in ("build infra/main.bicep", "lint infra/main.bicep", "test ! -s warnings.txt"):
        assert word in _runs("infra")
    assert "az functionapp function list" in _runs("smoke")
    assert "python -m helpr_core smoke" in _runs("smoke")


def test_what_the_commands_refer_to_exists() -> None:
    commands = "\n".join(_runs(name) for name in JOBS)
    targets = re.search(r"^\.PHONY: (.*)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert targets is not None
    assert set(re.findall(r"\bmake (\w+)", commands)) <= set(targets[1].split())
    modules = re.findall(r"-m (tests\.[\w.]+)", commands)
    assert modules
    paths = [f"{module.replace('.', '/')}.py" for module in modules]
    paths += re.findall(r"[\w/.-]+\.bicep(?:param)?\b", commands)
    assert [path for path in paths if not (PROJECT / path).exists()] == []


def test_the_scripts_are_valid_shell() -> None:
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("bash is missing")
    for script in (step["run"] for _, step in STEPS if "run" in step):
        subprocess.run([shell, "-n", "-c", script], check=True)


def test_every_job_has_a_timeout() -> None:
    assert [name for name, job in JOBS.items() if "timeout-minutes" not in job] == []


def test_the_python_of_ci_is_the_python_of_azure() -> None:
    versions = {step["with"]["python-version"] for _, step in _steps("actions/setup-python")}
    bicep = (PROJECT / "infra/main.bicep").read_text("utf-8")
    deployed = re.search(r"^param pythonVersion string = '([\d.]+)'", bicep, re.MULTILINE)
    assert deployed is not None
    assert versions == {deployed[1]}


def test_azd_finds_the_template_and_the_app() -> None:
    azd = yaml.safe_load((PROJECT / "azure.yaml").read_text("utf-8"))
    template = PROJECT / azd["infra"]["path"] / f"{azd['infra']['module']}.bicep"
    (service,) = azd["services"].values()
    assert template.with_suffix(".bicepparam").exists()
    assert (service["host"], service["language"]) == ("function", "python")
    assert (PROJECT / service["project"] / "host.json").exists()
    assert service["remoteBuild"] is True
    output = service["resourceName"].removeprefix("${").removesuffix("}")
    assert f"output {output} string" in template.read_text("utf-8")
