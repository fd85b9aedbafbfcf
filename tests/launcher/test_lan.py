"""The certificate of `up --lan`: for this machine's names, made again when they change, vouched for by an authority that
can do no harm elsewhere."""

import os
import ssl
import stat
from datetime import timedelta

import pytest
from cryptography import x509

from portal.launcher import certificates, lan
from portal.launcher.errors import LauncherError
from tests.launcher.conftest import free_port


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "gerai.example")
    monkeypatch.delenv("GERAI_ENV", raising=False)
    be_at(monkeypatch, "10.1.2.3")


@pytest.fixture
def port():
    return free_port() - lan.ABOVE


def be_at(monkeypatch, *addresses):
    monkeypatch.setattr(lan, "own_addresses", lambda: addresses)


def read(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def names_of(made):
    told = read(made.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in told}


def shake_hands(made, name):
    """A browser that trusts the authority opens `name`, without a network between the two."""
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(made.certificate, made.key)
    ours = ssl.create_default_context(cafile=str(made.authority))
    to_them, to_us = ssl.MemoryBIO(), ssl.MemoryBIO()
    browser = ours.wrap_bio(to_us, to_them, server_hostname=name)
    server = theirs.wrap_bio(to_them, to_us, server_side=True)
    for _ in range(4):
        for side in (browser, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return browser.version()


def test_a_browser_that_trusts_the_authority_opens_each_of_the_machines_names(tmp_path, port):
    made = lan.prepare(port, tmp_path)

    assert made.urls == [f"https://10.1.2.3:{port + lan.ABOVE}/"]
    for name in ("10.1.2.3", "127.0.0.1", "localhost"):
        assert shake_hands(made, name) == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(made, "10.9.9.9")


def test_the_authority_vouches_for_nothing_outside(tmp_path, port):
    made = lan.prepare(port, tmp_path)
    stolen = certificates.Pair(made.authority, made.authority.with_suffix(".key"))
    forged = certificates.Pair(tmp_path / "forged.crt", tmp_path / "forged.key")
    certificates._make(forged, stolen, read(made.authority), ("bank.example",))

    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(lan.Lan(0, (), forged.certificate, forged.key, made.authority), "bank.example")


def test_keys_are_nobody_elses_and_only_the_certificate_is_handed_out(tmp_path, port):
    made = lan.prepare(port, tmp_path)
    for file in tmp_path.glob("lan*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    folder = tmp_path / "static"
    folder.mkdir()
    made.hand_out(folder)
    assert [file.read_bytes() for file in folder.iterdir()] == [made.authority.read_bytes()]


def test_it_stays_while_it_is_good_and_changes_with_the_addresses(tmp_path, port, monkeypatch):
    first = lan.prepare(port, tmp_path)
    before, trusted = first.fingerprint, first.authority.read_bytes()
    assert lan.prepare(port, tmp_path).fingerprint == before

    be_at(monkeypatch, "192.168.7.8")
    again = lan.prepare(port, tmp_path)
    assert again.fingerprint != before
    assert "192.168.7.8" in names_of(again)
    assert again.authority.read_bytes() == trusted, "a phone that trusts it need not be asked again"


def test_an_address_of_no_private_network_needs_an_authority_for_it(tmp_path, port, monkeypatch):
    before = lan.prepare(port, tmp_path).authority.read_bytes()
    be_at(monkeypatch, "203.0.113.9")
    made = lan.prepare(port, tmp_path)
    assert made.authority.read_bytes() != before
    assert shake_hands(made, "203.0.113.9")


def test_it_is_renewed_before_its_end(tmp_path, port, monkeypatch):
    with monkeypatch.context() as then:
        then.setattr(certificates, "HOLDS", certificates.RENEW - timedelta(days=1))
        before = lan.prepare(port, tmp_path)
        fingerprint, trusted = before.fingerprint, before.authority.read_bytes()
    after = lan.prepare(port, tmp_path)
    assert (after.fingerprint != fingerprint, after.authority.read_bytes()) == (True, trusted)


@pytest.mark.parametrize("file", ["lan.crt", "lan.key", "lan-authority.crt", "lan-authority.key"])
def test_a_broken_file_is_made_again(tmp_path, port, file):
    lan.prepare(port, tmp_path)
    (tmp_path / file).write_text("nothing")
    assert shake_hands(lan.prepare(port, tmp_path), "10.1.2.3")


def test_names_that_somebody_set_stay_beside_the_addresses(tmp_path, port):
    lan.prepare(port, tmp_path)
    names = os.environ["ALLOWED_HOSTS"].split(",")
    assert names[0] == "gerai.example"
    assert {"10.1.2.3", "127.0.0.1", "[::1]"} <= set(names)


def test_without_a_network_one_line_says_so(tmp_path, port, monkeypatch):
    be_at(monkeypatch)
    with pytest.raises(LauncherError, match="no address on a network"):
        lan.prepare(port, tmp_path)


def test_in_production_it_is_refused(tmp_path, port, monkeypatch):
    monkeypatch.setenv("GERAI_ENV", "production")
    with pytest.raises(LauncherError, match="in production a proxy"):
        lan.prepare(port, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_busy_port_is_told(tmp_path):
    import socket

    with socket.socket() as busy:
        busy.bind(("0.0.0.0", 0))
        busy.listen()
        with pytest.raises(LauncherError, match="cannot be used"):
            lan.prepare(busy.getsockname()[1] - lan.ABOVE, tmp_path)


def test_the_code_for_the_camera_is_text():
    assert lan.qr("https://10.1.2.3:8443/").count("\n") > 10
