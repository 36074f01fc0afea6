"""What gunicorn.conf.py decides before there is a worker."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

from tests.processes import PROJECT, environment

_PARTS = ("function_app.py", "host.json", "gunicorn.conf.py")
_FOLDERS = ("helpr_core", "static")


def _copy(folder: Path) -> Path:
    """A copy of the project in which settings files can be placed."""
    for name in _PARTS:
        shutil.copy(PROJECT / name, folder / name)
    for name in _FOLDERS:
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_a_broken_settings_file_ends_the_start_with_only_its_message(tmp_path: Path) -> None:
    project = _copy(tmp_path)
    (project / ".env").write_text("PLEX_SERVER_NAME=Home\nPLEX_TOKEN='hunter2\n")
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "helpr_core.wsgi:application"],
        cwd=project,
        env=environment({"PYTHONPATH": str(project)}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "WRONG  .env, line 2: this is neither NAME=value nor a comment" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_only_helprs_own_port_setting_has_an_effect(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}"]
        process = subprocess.Popen(
            [*command, "helpr_core.wsgi:application"],
            cwd=PROJECT,
            env=environment(
                {
                    "HOME": str(tmp_path),
                    "XDG_RUNTIME_DIR": str(tmp_path),
                    "DATABASE_PATH": str(tmp_path / "helpr.db"),
                }
            ),
            pass_fds=[listening.fileno()],
        )
        try:
            with socket.create_connection(listening.getsockname(), timeout=100) as client:
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                assert client.recv(12) == b"HTTP/1.1 200"
            assert [*tmp_path.rglob("*.ctl")] == []
        finally:
            process.terminate()
            process.wait(timeout=120)
