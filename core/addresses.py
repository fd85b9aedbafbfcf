from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that guesses are counted by: IPv6 by its /64, for whoever has one such address has them all."""
    address = client_ip(request)
    if address is None:
        return request.META.get("REMOTE_ADDR", "")
    parsed = ip_address(address)
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address


def client_ip(request: HttpRequest) -> str | None:
    """Where the request came from; None for a socket that has no address.

    Every trusted proxy appends what it saw to X-Forwarded-For, so the last TRUSTED_PROXIES entries are theirs and all
    before them is what the client claims. A request that came past the proxies counts by its own socket.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if proxies and len(hops) >= proxies:
        return plain_ip(hops[-proxies]) or plain_ip(seen)
    return plain_ip(seen)


def plain_ip(text: str) -> str | None:
    """The address in its one way of writing, an IPv4 one never dressed as IPv6; None when it is none.

    Without the network card that a link-local one names: that is this machine's, and no column takes it.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address)))
    return str(address)
