"""Compiled once for all tests that need the compiler."""

from __future__ import annotations

import pytest

from tests.infra.template import INFRA, Json, bicep_cli, built


@pytest.fixture(scope="session")
def compiled() -> Json:
    """main.bicep with all its modules, as the ARM template that Azure gets."""
    if bicep_cli() is None:
        pytest.skip("the Bicep CLI is neither in BICEP nor on PATH")
    return built(INFRA / "main.bicep")
