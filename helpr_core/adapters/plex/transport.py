"""The sockets for calls to plex.tv: every wait ends when the call's time is over.

urllib3 only limits the wait for the next byte, so that an occasional byte, endless headers or
repeated "100 Continue" could hold a worker for as long as the other side likes. Here, everything
that waits (for an address, a connection, a byte) asks `patience` how long it may.
"""

from __future__ import annotations

import http.client
import io
import socket
from concurrent.futures import Future
from threading import Thread
from typing import Any

import certifi
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import connection as urllib3_connection

from helpr_core import first_use
from helpr_core.patience import seconds_left

first_use.complete("encodings.idna")  # looking a name up encodes it
_CERTIFICATES = certifi.where()  # imports more when it is first called


class PatientPools(PoolManager):
    """Pools of sockets for calls that are made inside `patience.within`.

    No proxy and no .netrc of the machine see a token, and no cookie is kept.
    """

    def __init__(self, sockets: int) -> None:
        """`sockets` are kept open for each server."""
        super().__init__(maxsize=sockets, ca_certs=_CERTIFICATES)
        self.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}


class _Bytes(io.RawIOBase):
    """The bytes from a socket. The socket's timeout limits each byte, `patience` all of them."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._socket = sock
        self._most = sock.gettimeout()
        self._received = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Wait for some bytes; TimeoutError if none come in time."""
        left = seconds_left(self._most if self._most is not None else float("inf"))
        if not left:
            raise TimeoutError("the time for this answer is over")
        self._socket.settimeout(left)
        return self._received.readinto(buffer)

    def close(self) -> None:
        """Release the socket."""
        if not self.closed:
            self._received.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_Bytes(sock))


class _Plain(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _Encrypted(HTTPSConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


def _connected(to: HTTPConnection) -> socket.socket:
    """A socket to the first address that accepts; each gets the connection's timeout."""
    most = float(to.timeout or 0)
    failure: OSError = OSError("no address")
    try:
        addresses = _addresses(to.host, to.port, seconds_left(most))
    except TimeoutError as exc:
        raise ConnectTimeoutError(to, "no address in time") from exc
    except socket.gaierror as exc:
        raise NameResolutionError(to.host, to, exc) from exc
    for address in addresses:
        left = seconds_left(most)
        if not left:
            break
        try:
            sock = urllib3_connection.create_connection(
                (address, to.port), left, socket_options=to.socket_options
            )
        except OSError as exc:
            failure = exc
        else:
            sock.settimeout(seconds_left(most) or 0.001)  # for the TLS handshake as a whole
            return sock
    if isinstance(failure, TimeoutError) or not seconds_left(most):
        raise ConnectTimeoutError(to, "no connection in time") from failure
    raise NewConnectionError(to, "no connection") from failure


def _addresses(host: str, port: int, seconds: float) -> list[str]:
    """The name's addresses. The system's own lookup cannot be given a time limit."""
    answer: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result([str(one[4][0]) for one in found])
        except OSError as exc:
            answer.set_exception(exc)
        except UnicodeError:  # a label that is empty or too long
            answer.set_exception(socket.gaierror(socket.EAI_NONAME, "not a name"))

    Thread(target=look_up, name="look-up", daemon=True).start()
    return answer.result(timeout=seconds)
