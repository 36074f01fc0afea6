"""docs/deploy.md and docs/operations.md agree with the template and the code.

There is no subscription to test with: what only Azure could contradict is not tested, and the
pages say so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from helpr_core import __main__ as command_line
from helpr_core import errors, logs
from helpr_core.configuration.settings import SETTING_NAMES
from helpr_core.services.plex import errors as plex_errors
from tests.publishing.package import PROJECT

DEPLOY = (PROJECT / "docs/deploy.md").read_text("utf-8")
OPERATIONS = (PROJECT / "docs/operations.md").read_text("utf-8")
PAGES = {"deploy.md": DEPLOY, "operations.md": OPERATIONS}
BICEP = (PROJECT / "infra/main.bicep").read_text("utf-8")
PARAMETER_FILE = (PROJECT / "infra/main.bicepparam").read_text("utf-8")
CODE = "\n".join(path.read_text("utf-8") for path in (PROJECT / "helpr_core").rglob("*.py"))
# Azure's own, and what only the pages' commands use.
OTHER_VARIABLES = {"POSTGRES_PASSWORD", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"} | {
    "AZURE_RESOURCE_GROUP", "AZURE_FUNCTIONAPP_NAME"
}  # fmt: skip


def _section(page: str, heading: str) -> str:
    return page.split(f"## {heading}\n")[1].split("\n## ")[0]


def _rows(text: str) -> list[list[str]]:
    """The cells of every table row whose first cell is a name in backticks."""
    found = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("|").strip() for cell in row] for row in found]


def _name(cell: str) -> str:
    return cell.strip("`")


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", page, re.DOTALL | re.MULTILINE)


PARAMETERS = [row for row in _rows(_section(DEPLOY, "Every parameter")) if len(row) == 4]
OUTPUTS = [row for row in _rows(_section(DEPLOY, "Every parameter")) if len(row) == 2]


def test_every_parameter_of_the_template_is_listed() -> None:
    written = [_name(row[0]) for row in PARAMETERS]
    there = re.findall(r"^param (\w+) ", BICEP, re.MULTILINE)
    assert sorted(written) == sorted(there)


def test_every_output_of_the_template_is_listed() -> None:
    there = re.findall(r"^output (\w+) ", BICEP, re.MULTILINE)
    assert [_name(row[0]) for row in OUTPUTS] == there


def test_parameters_have_the_variables_of_the_parameter_file() -> None:
    pattern = r"^param (\w+) = (?:\w+[([])?readEnvironmentVariable\('(\w+)'"
    there = dict(re.findall(pattern, PARAMETER_FILE, re.MULTILINE))
    written = {_name(row[0]): _name(row[1]) for row in PARAMETERS if row[1] != "–"}
    assert written == there


def test_parameters_have_the_defaults_of_the_template() -> None:
    literal = r"^param (\w+) \w+ = (?:'([^'$]+)'|(\d+|true|false))$"
    there = {
        name: text or number for name, text, number in re.findall(literal, BICEP, re.MULTILINE)
    }
    written = {_name(row[0]): _name(row[2]) for row in PARAMETERS if row[2].startswith("`")}
    assert written == there


def test_outputs_that_commands_use_exist() -> None:
    asked = {
        name
        for page in PAGES.values()
        for name in re.findall(r"outputs\.(\w+)\.value|\$\(output (\w+)\)", page)
        for name in name
        if name
    }
    assert asked
    assert asked <= {_name(row[0]) for row in OUTPUTS}


@pytest.mark.parametrize("page", PAGES)
def test_variables_that_are_set_are_used(page: str) -> None:
    known = set(re.findall(r"readEnvironmentVariable\('(\w+)'", PARAMETER_FILE))
    known |= set(SETTING_NAMES) | OTHER_VARIABLES
    named = set(re.findall(r"\b(?:HELPR|AZURE|PLEX|ADMIN|POSTGRES|INVITE)_[A-Z_]+\b", PAGES[page]))
    assert named
    assert named - known == set()


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_files_that_are_mentioned_exist(page: str) -> None:
    text = PAGES[page]
    commands = set(re.findall(r"-m helpr_core ([\w-]+)", text))
    known = {name.replace("_", "-") for name in vars(command_line)}
    assert commands <= known
    modules = [f"{name.replace('.', '/')}.py" for name in re.findall(r"-m (tests\.[\w.]+)", text)]
    paths = re.findall(r"\b(?:infra|docs|tests)/[\w./-]*\w\.(?:bicepparam|bicep|py|sql)\b", text)
    assert commands
    assert [one for one in modules + paths if not (PROJECT / one).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_existing_headings(page: str) -> None:
    links = re.findall(r"\]\(([^)\s]*\.md)?#([\w-]+)\)", PAGES[page])
    assert links
    dead = [
        (target, anchor)
        for target, anchor in links
        if anchor not in _anchors(PROJECT / "docs" / (target or page))
    ]
    assert dead == []


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES)
def test_commands_are_valid_shell(page: str) -> None:
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("bash is missing")
    for block in _blocks(PAGES[page], "console"):
        # Lines without a prompt are a command's output, or its continuation.
        script = re.sub(r"^\$ ", "", block, flags=re.MULTILINE)
        script = re.sub(r"^(ok|id-helpr).*$", "", script, flags=re.MULTILINE)
        done = subprocess.run([shell, "-n", "-c", script], capture_output=True, check=False)
        assert done.stderr == b"", block


def test_the_two_commands_are_those_that_provision_and_publish() -> None:
    commands = re.sub(r"\\\n\s*", "", "".join(_blocks(DEPLOY, "console")))
    assert "infra/provision.sh helpr westeurope" in commands
    assert 'func azure functionapp publish "$app" --python' in commands
    assert commands.index("infra/provision.sh") < commands.index("func azure functionapp publish")


def test_every_deployment_in_the_documents_goes_through_the_script() -> None:
    """Only the script keeps what was chosen before."""
    for page in (
        PROJECT / "README.md",
        *(PROJECT / "docs").rglob("*.md"),
        *PROJECT.glob("infra/*"),
    ):
        if page.is_file() and page.suffix in (".md", ".bicep", ".bicepparam"):
            text = page.read_text("utf-8")
            assert not re.search(r"deployment group (create|what-if)", text), page
            assert "source .azure" not in text, page


def test_every_alert_is_explained() -> None:
    alerts = (PROJECT / "infra/modules/alerts.bicep").read_text("utf-8")
    problems = re.findall(r'problem = "([a-z0-9-]+)"', alerts)
    assert problems
    explained = {_name(row[0]) for row in _rows(_section(OPERATIONS, "What each alert means"))}
    assert explained == set(problems)


def test_every_secret_of_the_vault_can_be_rotated() -> None:
    template = (PROJECT / "infra/modules/secrets.bicep").read_text("utf-8")
    secrets = {name.replace("-", "_") for name in re.findall(r"name: '([A-Z-]+)'", template)}
    written = {_name(row[0]) for row in _rows(_section(OPERATIONS, "Rotate a secret"))}
    assert len(secrets) == 5
    assert written == secrets


QUERIES = _blocks(OPERATIONS, "kusto")
COLUMNS = {
    "AppTraces": {"Message", "OperationId", "Properties", "OperationName", "ItemCount"},
    "AppRequests": {"DurationMs", "ResultCode", "ItemCount", "OperationName", "AppRoleInstance"},
    "AppExceptions": {"ExceptionType", "OuterMessage"},
    "Usage": {"IsBillable", "Quantity", "DataType"},
}
EVERYWHERE = {"TimeGenerated", "Type"}


@pytest.mark.parametrize("query", QUERIES)
def test_queries_use_existing_tables_and_columns(query: str) -> None:
    """There is no engine for them here; names as in Microsoft's table reference."""
    bare = re.sub(r'"[^"]*"', '""', query)
    assert [bare.count(one) for one in "([{"] == [bare.count(one) for one in ")]}"]
    tables = [name for name in COLUMNS if re.search(rf"\b{name}\b", bare)]
    assert tables
    made = set(re.findall(r"\b([A-Z]\w+) =", bare)) | {"InvocationId", "percentile_DurationMs_95"}
    known = EVERYWHERE | made | set(COLUMNS) | {one for table in tables for one in COLUMNS[table]}
    assert set(re.findall(r"(?<![\w.])[A-Z]\w+", bare)) - known == set()
    for pattern in re.findall(r'extract\("([^"]+)"', query):
        re.compile(pattern)


def test_queries_look_for_words_that_the_code_logs() -> None:
    words = {word for query in QUERIES for word in re.findall(r'"([^"\s]+)"', query)}
    named = vars(errors) | vars(plex_errors)
    classes = {one for one in named.values() if isinstance(one, type)}
    codes = {one.code for one in classes if issubclass(one, errors.HelprError)}
    plex = {word for word in words if word.startswith("plex_")}
    # plex_error is the root of the others, and never raised itself.
    assert plex == {one for one in codes if one.startswith("plex_")} - {"plex_error"}
    assert "failed function=%s reference=%s error=%s at=%s" in CODE
    for line in re.findall(r"^\| `(\w+) (\w+)=", OPERATIONS, re.MULTILINE):
        assert f'"{line[0]} {line[1]}=%s' in CODE


def test_the_lines_that_queries_need_are_not_redacted() -> None:
    lines = [
        "failed function=form reference=0f8fad5b-d9cb-469f-a165-70867728950e error=KeyError at=x:1",
        *(f"refused code={one} error=X" for one in ("rate_limited", "plex_unauthorized")),
    ]
    assert [logs.redact(line) for line in lines] == lines


def test_the_apps_requirements_for_the_host_are_mentioned_in_troubleshooting() -> None:
    """Known pitfalls; none may disappear from the page unnoticed."""
    text = _section(OPERATIONS, "When something is wrong")
    for trap in (
        "0 functions", "403 while uploading", "Key based authentication", "503 on start",
        "RuntimeFailed", "Worker runtime is not set", "unhealthy", "could not resolve",
        "MissingSubscriptionRegistration", "AzureWebJobsStorage", "WEBSITE_RUN_FROM_PACKAGE",
        ".python_packages", "trustedProxyHops", "X-Azure-FDID", "alwaysReadyHttp",
        "Monitoring Metrics Publisher", "requirements.txt",
    ):  # fmt: skip
        assert trap in text, trap


def test_no_secret_and_no_real_address_is_in_the_examples() -> None:
    for page in PAGES.values():
        addresses = re.findall(r"[\w.-]+@[\w-]+\.[\w.]+", page)
        assert all(one.endswith("example.com") or "HOST" in one for one in addresses), addresses
        names = re.findall(r"^(?:PLEX_TOKEN|SECRET_KEY|POSTGRES_PASSWORD)='(.*?)'", page, re.M)
        assert set(names) <= {"…"}


def test_the_page_says_what_was_not_tested() -> None:
    assert "Nothing\nwas deployed to a real subscription" in DEPLOY
    assert "not against a running\nsubscription" in OPERATIONS
