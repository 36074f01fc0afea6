"""The image, built once for all of these tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo_plex import DemoPlex
from tests.image.container import Container
from tests.image.root_file_system import Image, build, debian
from tests.publishing.package import PROJECT

CACHE = PROJECT / ".image-base"
"""Where the bare Debian is kept from one run to the next."""


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("needs root and debootstrap (apt-get install debootstrap)")
    CACHE.mkdir(exist_ok=True)
    folder = tmp_path_factory.mktemp("image")
    yield build(debian(CACHE), folder)
    shutil.rmtree(folder)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """./data on the host, as Docker creates it: empty, and owned by root."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    return folder


@pytest.fixture
def bare(image: Image, data: Path) -> Container:
    """No settings at all."""
    return Container(image, data, {})


@pytest.fixture
def plex() -> Iterator[DemoPlex]:
    with DemoPlex() as demo:
        yield demo


@pytest.fixture
def configured(image: Image, data: Path, plex: DemoPlex) -> Container:
    """All required settings."""
    settings = {
        "PLEX_TOKEN": plex.token,
        "PLEX_SERVER_NAME": plex.server_name,
        "PLEX_LIBRARIES": "Movies",
        "PLEX_API_URL": plex.url,
    }
    return Container(image, data, settings)
