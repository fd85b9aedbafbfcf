"""Files come from a real SFTP server with a pinned host key, once each; what cannot be read or trusted is said in one line."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from getpass import getuser
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.forms import modelform_factory
from django.utils import timezone, translation

from core.models import OutboxMessage
from ppob.admin.sftp import SftpSourceForm
from ppob.events import SettlementOverdue
from ppob.models import Biller, ReconciliationRun, SettlementFile, SettlementProfile, SftpFile, SftpSource
from ppob.reconciliation import clock
from ppob.reconciliation.calendar import due_at
from ppob.reconciliation.sftp import HostKeyRefused, LoginRefused, NotReached, fetch, fetch_all
from ppob.tests.reconciliation_world import YESTERDAY, market, simulated
from tests.plugins.needs import find, needs

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), needs("sshd")]


@dataclass
class Server:
    """An OpenSSH server that serves one folder."""

    port: int
    folder: Path
    host_key: str
    private_key: str
    other_key: str


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def keygen(path: Path) -> tuple[str, str]:
    """The private key's text, and the public one's type and base64."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path.read_text(), " ".join(path.with_suffix(".pub").read_text().split()[:2])


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    place = tmp_path / "sshd"
    folder = place / "out"
    folder.mkdir(parents=True)
    _, host_key = keygen(place / "host")
    private_key, public_key = keygen(place / "ours")
    _, other_key = keygen(place / "other")
    (place / "authorized").write_text(public_key + "\n")
    port = free_port()
    (place / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {place}/host\nAuthorizedKeysFile {place}/authorized\n"
        "PasswordAuthentication no\nUsePAM no\nStrictModes no\nPermitRootLogin yes\nPidFile none\n"
        "Subsystem sftp internal-sftp\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    program = find("sshd")
    assert program is not None
    process = subprocess.Popen([program, "-D", "-e", "-f", str(place / "config")], stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.3)
        yield Server(port, folder, host_key, private_key, other_key)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SETTLEMENT_FOLDER = tmp_path / "watched"


def source_of(biller: Biller, server: Server, **fields) -> SftpSource:
    source = SftpSource(
        biller=biller, host="127.0.0.1", port=server.port, user=getuser(), host_key=server.host_key,
        folder=str(server.folder), pattern="*.csv", **fields,
    )  # fmt: skip
    source.secret = server.private_key
    source.full_clean(exclude={"uuid"})
    source.save()
    return source


def put(server: Server, name: str, content: bytes, *, age_s: int = 60) -> Path:
    path = server.folder / name
    path.write_bytes(content)
    then = time.time() - age_s
    os.utime(path, (then, then))
    return path


def test_new_files_come_in_once_and_a_run_follows(server, tmp_path):
    biller = market("FINNET")["FINNET"]
    file, key = simulated("FINNET", tmp_path)
    source = source_of(biller, server)
    put(server, file.name, file.read_bytes())
    put(server, "broken_20260102.csv", b"nothing of the kind\n1\n")
    put(server, "still_written.csv", b"x", age_s=0)
    put(server, "notes.txt", b"x")
    (server.folder / "link.csv").symlink_to("/etc/passwd")

    assert fetch_all() == 1
    taken = SettlementFile.objects.get()
    assert (taken.source, taken.name, taken.business_on) == ("sftp", file.name, YESTERDAY)
    refused = SftpFile.objects.get(name="broken_20260102.csv")
    assert refused.refusal.keys() == {"id", "en"}
    assert refused.refusal["id"] != refused.refusal["en"]
    assert OutboxMessage.objects.filter(kind="ppob.settlement_refused").count() == 1
    assert SftpFile.objects.count() == 2
    assert fetch_all() == 0
    source.refresh_from_db()
    assert source.error == {}
    assert source.fault == ""
    assert clock.reconcile_due_days() == 1
    assert ReconciliationRun.objects.get().breaks == key["counts"]

    # The same content under another name is recognised; what is written anew under the old name is looked at again.
    put(server, "again.csv", file.read_bytes())
    assert fetch_all() == 1
    assert SettlementFile.objects.count() == 1


def test_another_host_key_than_the_pinned_one_is_refused_with_a_clear_line(server):
    biller = market("FINNET")["FINNET"]
    source = source_of(biller, server)
    put(server, "a.csv", b"x")
    SftpSource.objects.update(host_key=server.other_key)
    source.refresh_from_db()
    with pytest.raises(HostKeyRefused) as refused, translation.override("en"):
        fetch(source, timezone.now())
    told = str(refused.value)
    assert told.count("SHA256:") == 2
    assert f"127.0.0.1:{server.port}" in told
    assert fetch_all() == fetch_all() == 0
    assert SftpFile.objects.count() == 0
    source.refresh_from_db()
    for language, words in (("id", "kunci host"), ("en", "host key")):
        with translation.override(language):
            assert words in source.fault
            assert source.fault.count("SHA256:") == 2
    assert OutboxMessage.objects.filter(kind="ppob.sftp_failed").count() == 1


def test_a_login_that_is_refused_and_a_server_that_is_gone_are_said_so(server):
    biller = market("FINNET")["FINNET"]
    source = source_of(biller, server)
    source.login_by, source.secret = "password", "not this one"
    with pytest.raises(LoginRefused):
        fetch(source, timezone.now())
    source.port = free_port()
    with pytest.raises(NotReached):
        fetch(source, timezone.now())
    source.port, source.folder = server.port, "/no/such/folder"
    source.login_by, source.secret = "key", server.private_key
    with pytest.raises(NotReached):
        fetch(source, timezone.now())


def test_the_secret_is_sealed_and_the_host_key_is_never_empty(server):
    source = source_of(market("FINNET")["FINNET"], server)
    stored = SftpSource.objects.values_list("secret_sealed", flat=True).get()
    assert b"PRIVATE" not in bytes(stored)
    assert source.secret == server.private_key
    for fields in ({"host_key": ""}, {"secret_sealed": b""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SftpSource.objects.update(**fields)


@pytest.mark.parametrize("host", ["sftp host.example", "sftp://host.example", "host.example/in", "a\tb"])
def test_what_is_no_host_is_refused_beside_its_field(host):
    form = modelform_factory(SftpSource, form=SftpSourceForm, fields=["host", "port", "user"])
    with translation.override("en"):
        assert "Type a host name or an IP address" in str(form({"host": host}).errors["host"])
        assert "host" not in form({"host": "sftp.finnet.example"}).errors


def test_first_a_reminder_and_behind_the_deadline_a_problem_for_the_helpdesk(tmp_path, monkeypatch):
    biller = market("FINNET")["FINNET"]
    simulated("FINNET", tmp_path, transactions=30)
    heard = []
    monkeypatch.setattr("ppob.reconciliation.clock.announce", heard.append)
    profile = SettlementProfile.objects.select_related("biller").get(biller=biller)
    due = due_at(profile, YESTERDAY)

    def kinds() -> list[str]:
        return sorted(
            OutboxMessage.objects.filter(kind__startswith="ppob.settlement").values_list("kind", flat=True)
        )

    clock.reconcile_due_days(due - timedelta(minutes=1))
    assert kinds() == ["ppob.settlement_missing"]
    clock.reconcile_due_days(due)
    clock.reconcile_due_days(due + timedelta(minutes=5))
    assert kinds() == ["ppob.settlement_missing", "ppob.settlement_overdue"]
    assert heard == [SettlementOverdue(biller_id=biller.pk, business_on=YESTERDAY)]
