"""`up --lan`: phones on the same network reach the portal by HTTPS, with a certificate of this machine's own.

A camera and a position need HTTPS: there a phone asks once whether to go on. A service worker needs a certificate that the
phone trusts: for that it takes in this machine's authority (`certificates.py`), which the portal hands out. Standard
library, `cryptography` and `segno` only: `manage.py` asks before Django is loaded.
"""

import io
import ipaddress
import os
import socket
from dataclasses import dataclass
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from portal.launcher.certificates import Pair, ensure
from portal.launcher.errors import LauncherError

# Beside the port of this machine's own door: 8000 and 8443.
ABOVE = 443
# Below the folder of static files, which is served as it is.
HANDED_OUT = "gerai-lan.crt"


@dataclass(frozen=True)
class Lan:
    """Where phones find the portal, and the files that prove it is this machine."""

    port: int
    addresses: tuple[str, ...]
    certificate: Path
    key: Path
    authority: Path

    @property
    def urls(self) -> list[str]:
        return [f"https://{address}:{self.port}/" for address in self.addresses]

    def hand_out(self, folder: Path) -> None:
        """Let the portal give the authority's certificate, never its key, to whoever wants to trust it."""
        (folder / HANDED_OUT).write_bytes(self.authority.read_bytes())

    @property
    def fingerprint(self) -> str:
        """SHA-256, in pairs, as a browser shows it."""
        found = x509.load_pem_x509_certificate(self.certificate.read_bytes()).fingerprint(hashes.SHA256())
        return found.hex(":").upper()


def prepare(port: int, state: Path) -> Lan:
    """A free port, this machine's addresses and a certificate for them; raises LauncherError in one line."""
    if os.environ.get("GERAI_ENV") == "production":
        raise LauncherError("--lan is for a demo or a trial: in production a proxy brings the certificate.")
    addresses = own_addresses()
    if not addresses:
        raise LauncherError("--lan: this machine has no address on a network.")
    _must_be_free(port + ABOVE)
    served, authority = (
        Pair(state / f"{name}.crt", state / f"{name}.key") for name in ("lan", "lan-authority")
    )
    names = (*addresses, "127.0.0.1", socket.gethostname(), f"{socket.gethostname()}.local", "localhost")
    ensure(served, authority, names)
    # Django answers to no other name; those that somebody set stay first.
    known = [name for name in os.environ.get("ALLOWED_HOSTS", "").split(",") if name]
    os.environ["ALLOWED_HOSTS"] = ",".join(dict.fromkeys([*known, *names, "[::1]"]))
    return Lan(port + ABOVE, addresses, served.certificate, served.key, authority.certificate)


def own_addresses() -> tuple[str, ...]:
    """IPv4 addresses by which others on the network see this machine, the one of the way out first."""
    found = [_towards("192.0.2.1"), _towards("10.255.255.255")]
    try:
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    except OSError:
        pass  # a machine may not know its own name
    usable = [one for one in found if one and not ipaddress.ip_address(one).is_loopback]
    return tuple(dict.fromkeys(usable))


def qr(text: str) -> str:
    """The text as a QR code of half blocks, for a terminal of any colour."""
    out = io.StringIO()
    segno.make(text, error="m").terminal(out, compact=True, border=2)
    return out.getvalue()


def _towards(address: str) -> str:
    """The address that a packet there would leave from; none is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104  that is what --lan is
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise LauncherError(
                f"--lan: port {port} cannot be used ({reason}): choose another --port."
            ) from error
