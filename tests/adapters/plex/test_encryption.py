"""A server whose certificate nobody vouches for gets no token."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helpr_core.adapters.plex import transport
from helpr_core.adapters.plex.account import Account
from helpr_core.services.plex.errors import PlexUnavailable
from helpr_core.texts import Message

_HERE = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n<MediaContainer/>"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for this address that the key itself has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(_HERE, _HERE, key.public_key(), 1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def _asked_once(certificate: Path) -> bytes:
    """What a server with that certificate is sent by one call; the call's error is raised."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    received = []

    def serve(listening: socket.socket) -> None:
        plain, _ = listening.accept()
        with plain:
            try:
                with context.wrap_socket(plain, server_side=True) as encrypted:
                    received.append(encrypted.recv(65536))
                    encrypted.sendall(_ANSWER)
            except (ssl.SSLError, ConnectionError):
                received.append(b"")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve, args=(listening,))
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        account = Account("demo-token", url, "an-identifier")
        try:
            account.query("https://plex.tv/api/v2/user")
        finally:
            account.close()
            thread.join()
            assert received
    return received[0]


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with pytest.raises(PlexUnavailable) as refused:
        _asked_once(certificate)
    assert refused.value.reason == Message("plex.no_encryption")


def test_a_certificate_from_the_list_is_taken(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_CERTIFICATES", str(certificate))
    assert b"X-Plex-Token: demo-token" in _asked_once(certificate)
