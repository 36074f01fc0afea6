"""Which addresses somebody may have Helpr call by typing them into a form."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from helpr_core.frozen import dataclass


class Refusal(StrEnum):
    """Why an address is not called."""

    PRIVATE = "private_address"
    FORBIDDEN = "forbidden_address"


# They answer any caller with the machine's own credentials or configuration.
_NEVER = tuple(
    map(
        ip_network,
        (
            "169.254.169.254/32",  # Azure, AWS, Google, DigitalOcean, OpenStack …
            "169.254.170.0/24",  # AWS: a container's credentials
            "169.254.169.0/24",  # AWS: time and DNS; Oracle and others
            "168.63.129.16/32",  # Azure: the host of the virtual machine
            "100.100.100.200/32",  # Alibaba
            "192.0.0.192/32",  # Oracle
            "fd00:ec2::/32",  # AWS
            "fd20:ce::254/128",  # Google
        ),
    )
)
_NAT64 = ip_network("64:ff9b::/96")
_LINK_LOCAL = (ip_network("169.254.0.0/16"), ip_network("fe80::/10"))


@dataclass(frozen=True, slots=True)
class Outbound:
    """`private_allowed`: the owner's setting lets notices go to a private network.

    On Azure this never includes link-local addresses or the machine itself: there the platform
    hands out the app's identity.
    """

    private_allowed: bool
    on_azure: bool = False

    def refusal(self, address: str) -> Refusal | None:
        """Why nothing is sent to that IP address; None if it may be."""
        try:
            found = _meant(ip_address(address.partition("%")[0]))
        except ValueError:
            return Refusal.FORBIDDEN
        is_platform = self.on_azure and (found.is_loopback or _is_link_local(found))
        if is_platform or any(found in one for one in _NEVER if one.version == found.version):
            return Refusal.FORBIDDEN
        if found.is_multicast or found.is_unspecified:
            return Refusal.FORBIDDEN
        if found.is_global or self.private_allowed:
            return None
        return Refusal.PRIVATE

    def never_calls(self, host: str) -> bool:
        """Whether a host is an IP address to which nothing is sent under any setting."""
        try:
            ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return self.refusal(host) is Refusal.FORBIDDEN


def _is_link_local(address: IPv4Address | IPv6Address) -> bool:
    return any(address in one for one in _LINK_LOCAL if one.version == address.version)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address embedded in an IPv6 one."""
    if isinstance(address, IPv4Address):
        return address
    carried = address.ipv4_mapped or address.sixtofour
    if carried is None and address in _NAT64:
        carried = IPv4Address(int(address) & 0xFFFFFFFF)
    return carried or address
