"""The app's identity on Azure: whether it gets tokens at all."""

from __future__ import annotations

from collections.abc import Mapping

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError

from helpr_core.errors import Unavailable
from helpr_core.texts import Message

STORAGE_SCOPE = "https://storage.azure.com/.default"
"""The scope of a token for Azure Tables."""


class AzureIdentity:
    """`scopes` by the part that each token is for."""

    def __init__(self, credential: TokenCredential, scopes: Mapping[str, str]) -> None:
        self._credential = credential
        self._scopes = scopes

    @property
    def opens(self) -> frozenset[str]:
        """The parts reached with it."""
        return frozenset(self._scopes)

    def ping(self) -> None:
        """Ask for each token. Raises Unavailable for the first that is refused."""
        for purpose, scope in self._scopes.items():
            try:
                self._credential.get_token(scope)
            except AzureError as exc:
                # The library's own text may contain addresses and ids.
                told = Message(f"azure.no_token_{purpose}", error=type(exc).__name__)
                raise Unavailable(told, fix=Message("azure.no_token_fix")) from exc
