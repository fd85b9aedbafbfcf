"""The certificate of `up --lan`, and the small authority that vouches for it.

A browser runs no service worker on a page whose certificate it was told to ignore, so a phone can take the authority in for
good. What it takes in must be harmless in other hands: the authority can vouch for this machine's own names and for
addresses of private networks, and for nothing else.
"""

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Phones refuse a certificate of more than 398 days, whoever signed it; the authority stays, for it is installed by hand.
HOLDS, AUTHORITY_HOLDS, RENEW = timedelta(days=365), timedelta(days=3650), timedelta(days=30)
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as files of ours alone."""

    certificate: Path
    key: Path

    def read(self) -> x509.Certificate | None:
        """Nothing when either is missing or damaged, or they are not each other's."""
        try:
            found = x509.load_pem_x509_certificate(self.certificate.read_bytes())
            same = self.secret().public_key() == found.public_key()
        except (OSError, ValueError, TypeError):
            return None
        return found if same else None

    def secret(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.key.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("not a key of ours")
        return key

    def write(self, made: x509.Certificate, secret: ec.EllipticCurvePrivateKey) -> None:
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        _write(self.key, secret.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
        _write(self.certificate, made.public_bytes(pem))


def ensure(served: Pair, authority: Pair, names: tuple[str, ...]) -> None:
    """Make what is missing, damaged, soon over, or for other names than these."""
    vouches = authority.read()
    if vouches is None or not (_lasts(vouches) and _may_vouch_for(vouches, names)):
        vouches = _make_authority(authority, names)
    found = served.read()
    if found is None or not (
        _lasts(found) and _names_of(found) >= set(names) and _is_signed_by(found, vouches)
    ):
        _make(served, authority, vouches, names)


def _make_authority(pair: Pair, names: tuple[str, ...]) -> x509.Certificate:
    secret = ec.generate_private_key(ec.SECP256R1())
    # A name of its own each time, or a phone that has an older one looks no further.
    name = f"Gerai {socket.gethostname()} {secret.public_key().public_numbers().x % 0x10000:04x}"
    subject = _subject(name)
    made = (
        _begun(subject, subject, secret, AUTHORITY_HOLDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(_allowed(names), excluded_subtrees=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    pair.write(made, secret)
    return made


def _make(pair: Pair, authority: Pair, vouches: x509.Certificate, names: tuple[str, ...]) -> None:
    secret, signer = ec.generate_private_key(ec.SECP256R1()), authority.secret()
    told = x509.SubjectAlternativeName([_name(name) for name in dict.fromkeys(names)])
    made = (
        _begun(_subject(f"Gerai {socket.gethostname()}"), vouches.subject, secret, HOLDS)
        .add_extension(told, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    pair.write(made, secret)


def _begun(
    subject: x509.Name, issuer: x509.Name, secret: ec.EllipticCurvePrivateKey, holds: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + holds)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(secret.public_key()), critical=False)
    )


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=False, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip


def _allowed(names: tuple[str, ...]) -> list[x509.GeneralName]:
    """Private networks whole, for a machine changes its address there; anything else of this machine by itself."""
    networks = [ipaddress.ip_network(one) for one in PRIVATE]
    own: list[x509.GeneralName] = []
    for name in dict.fromkeys(names):
        found = _name(name)
        if isinstance(found, x509.DNSName):
            own.append(found)
        elif not any(found.value in network for network in networks):
            own.append(x509.IPAddress(ipaddress.ip_network(name)))
    return [*(x509.IPAddress(network) for network in networks), *own]


def _may_vouch_for(authority: x509.Certificate, names: tuple[str, ...]) -> bool:
    try:
        held = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
    except (ValueError, x509.ExtensionNotFound):
        return False
    return set(_allowed(names)) <= set(held or ())


def _names_of(certificate: x509.Certificate) -> set[str]:
    try:
        told = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return set()
    return {str(name.value) for name in told}


def _is_signed_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001  InvalidSignature, ValueError, TypeError: for whatever reason, it is not
        return False
    return True


def _lasts(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_after_utc - datetime.now(UTC) > RENEW


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _name(name: str) -> x509.IPAddress | x509.DNSName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    """Readable by nobody else from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
