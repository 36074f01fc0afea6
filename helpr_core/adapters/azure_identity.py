"""The app's identity on Azure: whether it is given tokens at all."""

from __future__ import annotations

from collections.abc import Mapping

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError

from helpr_core.errors import Unavailable

STORAGE_SCOPE = "https://storage.azure.com/.default"
"""What a token for Azure Tables is asked for."""
_FIX = (
    "AZURE_CLIENT_ID has to be the client id of the identity that is assigned to the Function App "
    "(Settings > Identity > User assigned). Provision again; on your own computer run `az login`."
)


class AzureIdentity:
    """`scopes` by the part that each token is for."""

    def __init__(self, credential: TokenCredential, scopes: Mapping[str, str]) -> None:
        self._credential = credential
        self._scopes = scopes

    @property
    def opens(self) -> frozenset[str]:
        """The parts that are reached by it."""
        return frozenset(self._scopes)

    def ping(self) -> None:
        """Ask for each token. Raises Unavailable for the first that is refused."""
        for purpose, scope in self._scopes.items():
            try:
                self._credential.get_token(scope)
            except AzureError as exc:
                purpose = purpose.replace("_", " ")
                # The library's own text may hold addresses and ids.
                reason = type(exc).__name__
                raise Unavailable(
                    f"Azure gives no token for the {purpose}: {reason}", fix=_FIX
                ) from exc
