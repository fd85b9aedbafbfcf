from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that guesses are counted by.

    Every trusted proxy appends what it saw to X-Forwarded-For, so the last TRUSTED_PROXIES entries are theirs and all
    before them is what the client claims. A request that came past the proxies counts by its own socket.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if proxies and len(hops) >= proxies:
        return _network(hops[-proxies]) or _network(seen) or seen
    return _network(seen) or seen


def _network(text: str) -> str:
    """The address, or for IPv6 its /64: whoever has one such address has them all. Empty when it is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)
