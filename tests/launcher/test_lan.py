"""The certificate of `up --lan`: for this machine's names, made again when they change, its key nobody else's."""

import ssl

import pytest
from cryptography import x509

from portal.launcher import lan
from portal.launcher.errors import LauncherError
from tests.launcher.conftest import free_port


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "")
    monkeypatch.delenv("ALLOWED_HOSTS")
    monkeypatch.setattr(lan, "own_addresses", lambda: ("10.1.2.3",))


@pytest.fixture
def port():
    return free_port() - lan.ABOVE


def names_of(made):
    found = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in told}


def test_it_names_the_machines_addresses_and_is_usable(tmp_path, port):
    made = lan.prepare(port, tmp_path)

    assert {"10.1.2.3", "127.0.0.1", "localhost"} <= names_of(made)
    assert made.urls == [f"https://10.1.2.3:{port + lan.ABOVE}/"]
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made.certificate, made.key)
    assert made.key.stat().st_mode & 0o777 == 0o600


def test_it_stays_while_it_is_good_and_changes_with_the_addresses(tmp_path, port, monkeypatch):
    first = lan.prepare(port, tmp_path).fingerprint
    assert lan.prepare(port, tmp_path).fingerprint == first

    monkeypatch.setattr(lan, "own_addresses", lambda: ("10.9.9.9",))
    again = lan.prepare(port, tmp_path)
    assert again.fingerprint != first
    assert "10.9.9.9" in names_of(again)


def test_a_broken_file_is_made_again(tmp_path, port):
    made = lan.prepare(port, tmp_path)
    made.certificate.write_text("nothing")
    assert names_of(lan.prepare(port, tmp_path))


def test_without_a_network_one_line_says_so(tmp_path, port, monkeypatch):
    monkeypatch.setattr(lan, "own_addresses", lambda: ())
    with pytest.raises(LauncherError, match="no address on a network"):
        lan.prepare(port, tmp_path)


def test_a_busy_port_is_told(tmp_path):
    import socket

    with socket.socket() as busy:
        busy.bind(("0.0.0.0", 0))
        busy.listen()
        with pytest.raises(LauncherError, match="cannot be used"):
            lan.prepare(busy.getsockname()[1] - lan.ABOVE, tmp_path)


def test_the_code_for_the_camera_is_text():
    assert lan.qr("https://10.1.2.3:8443/").count("\n") > 10
