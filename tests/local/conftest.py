"""The sample app, built once: an app gives its functions only once."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from helpr_core.local.application import HostedApplication
from tests.local import sample_wsgi


@pytest.fixture(scope="session")
def sample() -> HostedApplication:
    return sample_wsgi.application


@pytest.fixture
def client(sample: HostedApplication) -> Client:
    return Client(sample, use_cookies=False)
