"""An authenticator in software: WebAuthn's answers, implemented independently of the product.

ES256 keys, no attestation, and a count of uses (https://www.w3.org/TR/webauthn-3/, section 6).
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def data_of(base64url: str) -> bytes:
    """The bytes of that base64url text."""
    return urlsafe_b64decode(base64url + "=" * (-len(base64url) % 4))


@dataclass
class Authenticator:
    """One passkey, in a browser at `origin`. Each field of its answers can be made wrong."""

    origin: str
    host: str = ""
    uses: int = 0
    flags: int = PRESENT | VERIFIED
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """RegistrationResponseJSON for those options."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        length = struct.pack(">H", len(self.credential_id))
        attested = bytes(16) + length + self.credential_id + _cbor(cose)
        data = self._data(options["rp"]["id"], self.flags | ATTESTED) + attested
        said = {
            "clientDataJSON": self._client_data("webauthn.create", options),
            "attestationObject": _cbor({"fmt": "none", "attStmt": {}, "authData": data}),
        }
        return self._answer(said)

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """AuthenticationResponseJSON for those options."""
        client_data = self._client_data("webauthn.get", options)
        data = self._data(options["rpId"], self.flags)
        signed = data + hashlib.sha256(client_data).digest()
        said = {
            "clientDataJSON": client_data,
            "authenticatorData": data,
            "signature": self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
        }
        return self._answer(said)

    def _answer(self, said: dict[str, bytes]) -> dict[str, Any]:
        response = {name: text(part) for name, part in said.items()}
        own_id = text(self.credential_id)
        return {"id": own_id, "rawId": own_id, "type": "public-key", "response": response}

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _data(self, host: str, flags: int) -> bytes:
        self.uses += 1
        hashed = hashlib.sha256((self.host or host).encode()).digest()
        return hashed + struct.pack(">BI", flags, self.uses)


def _cbor(value: object) -> bytes:
    """Encode as CBOR (RFC 8949) what an authenticator sends."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    assert isinstance(value, dict)
    pairs = b"".join(_cbor(name) + _cbor(one) for name, one in value.items())
    return _head(5, len(value)) + pairs


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    if number < 256:
        return bytes([major << 5 | 24, number])
    return bytes([major << 5 | 25]) + number.to_bytes(2)
