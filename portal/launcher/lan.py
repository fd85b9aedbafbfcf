"""`up --lan`: phones on the same network reach the portal by HTTPS, with a certificate of this machine's own.

A camera, a position and a service worker need HTTPS. Nobody vouches for the certificate, so a phone asks once whether to
trust it; its fingerprint is printed, to be compared. Standard library, `cryptography` and `segno` only: `manage.py` asks
before Django is loaded.
"""

import io
import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.launcher.errors import LauncherError

# Beside the port of this machine's own door: 8000 and 8443.
ABOVE = 443
HOLDS, RENEW = timedelta(days=365), timedelta(days=30)


@dataclass(frozen=True)
class Lan:
    """Where phones find the portal, and the files that prove it is this machine."""

    port: int
    addresses: tuple[str, ...]
    certificate: Path
    key: Path

    @property
    def urls(self) -> list[str]:
        return [f"https://{address}:{self.port}/" for address in self.addresses]

    @property
    def fingerprint(self) -> str:
        """SHA-256, in pairs, as a browser shows it."""
        found = x509.load_pem_x509_certificate(self.certificate.read_bytes()).fingerprint(hashes.SHA256())
        return found.hex(":").upper()


def prepare(port: int, state: Path) -> Lan:
    """A free port, this machine's addresses and a certificate for them; raises LauncherError in one line."""
    addresses = own_addresses()
    if not addresses:
        raise LauncherError("--lan: this machine has no address on a network.")
    _must_be_free(port + ABOVE)
    certificate, key = state / "lan.crt", state / "lan.key"
    names = (*addresses, "127.0.0.1", socket.gethostname(), f"{socket.gethostname()}.local", "localhost")
    if not _still_good(certificate, key, names):
        _make(certificate, key, names)
    # Django answers to no other name; whoever set the names themselves knows best.
    os.environ.setdefault("ALLOWED_HOSTS", ",".join((*names, "[::1]")))
    return Lan(port + ABOVE, addresses, certificate, key)


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


def _still_good(certificate: Path, key: Path, names: tuple[str, ...]) -> bool:
    if not (certificate.exists() and key.exists()):
        return False
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    holds = found.not_valid_after_utc - datetime.now(UTC) > RENEW
    return holds and set(told) >= {_name(name) for name in names}


def _make(certificate: Path, key: Path, names: tuple[str, ...]) -> None:
    """Signed by itself, for these names alone, and able to sign nothing else."""
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Gerai {socket.gethostname()}"[:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + HOLDS)
        .add_extension(
            x509.SubjectAlternativeName([_name(name) for name in dict.fromkeys(names)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    _write(key, secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))  # fmt: skip
    _write(certificate, made.public_bytes(serialization.Encoding.PEM))


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    """Readable by nobody else from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
