"""Settlement files that billers put down on an SFTP server: fetched, and taken in by the door that all files come by.

One connection a look, with a pinned host key and nothing from the machine (no agent, no known hosts). Every wait has its
limit, so that a server that says nothing holds up nobody for long.
"""

import io
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple

import paramiko
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from paramiko.hostkeys import HostKeyEntry

from core import outbox
from core.exceptions import GeraiError
from core.sealed import NotOpened
from core.wording import in_each_language
from ppob.business_days import business_day
from ppob.choices import FileSource
from ppob.models import SftpFile, SftpSource
from ppob.reconciliation.clock import FILE_REFUSED, QUIET_S, day_named, short
from ppob.reconciliation.exceptions import ReconciliationError
from ppob.reconciliation.intake import receive_file

UNREACHABLE = "ppob.sftp_failed"
CONNECT_S, READ_S = 10, 30
# What a folder may hold, and what one file may weigh: a million lines are 70 MB.
MOST_NAMES, LARGEST = 5_000, 1 << 30
LONGEST_FAULT = 300  # characters
# Older days were settled long ago: the first look at a server does not fetch its archive.
OLDEST = timedelta(days=31)
_IN_MEMORY = 8 << 20


class SftpFailed(ReconciliationError):
    code, default = "sftp_failed", _("The SFTP server cannot be read.")

    def __str__(self) -> str:
        text = super().__str__()
        return text % self.facts if self.facts else text


class HostKeyRefused(SftpFailed):
    code = "host_key_refused"
    default = _(
        "The SFTP server %(host)s shows another host key (%(seen)s) than the pinned one (%(pinned)s). Nothing was sent and"
        " nothing was read."
    )


class LoginRefused(SftpFailed):
    code, default = "login_refused", _("The SFTP server %(host)s refuses our login.")


class NotReached(SftpFailed):
    code, default = "not_reached", _("The SFTP server %(host)s does not answer: %(why)s")


class Entry(NamedTuple):
    """A regular file there; `size` in bytes."""

    name: str
    size: int
    modified_at: datetime


def fetch_all(now: datetime | None = None) -> int:
    """Beat's tick, idempotent: every active source, one after another; how many files came in."""
    now = now or timezone.now()
    sources = SftpSource.objects.filter(is_active=True, biller__is_active=True).select_related("biller")
    return sum(look(source, now) for source in sources.order_by("biller__code"))


def look(source: SftpSource, now: datetime) -> int:
    """Take what is new; a fault is kept beside the source and told, once a day."""
    try:
        taken, why = fetch(source, now), {}
    except (SftpFailed, NotOpened) as error:
        taken, why = 0, _said(error)
    with transaction.atomic():
        SftpSource.objects.filter(pk=source.pk).update(checked_at=now, error=why)
        if why:
            told = {"biller": source.biller_id, "name": source.biller.name, "why": why}
            outbox.enqueue(UNREACHABLE, key=f"{source.biller.code}-{now:%Y%m%d}", payload=told)
    return taken


def fetch(source: SftpSource, now: datetime) -> int:
    """How many files came in. Raises SftpFailed; a file that cannot be read is put down as refused, and told."""
    taken = 0
    with opened(source) as sftp:
        for entry in _new(source, _listed(sftp, source), now):
            with SpooledTemporaryFile(_IN_MEMORY) as content:
                if not _read(sftp, source, entry, content):
                    continue
                taken += _take(source, entry, content, now)
    return taken


@contextmanager
def opened(source: SftpSource) -> Iterator[paramiko.SFTPClient]:
    """A session in the source's folder. Raises HostKeyRefused, LoginRefused, NotReached, NotOpened."""
    host = f"{source.host}:{source.port}"
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    known = source.host if source.port == 22 else f"[{source.host}]:{source.port}"
    pinned = HostKeyEntry.from_line(f"host {source.host_key}")
    assert pinned is not None, "checked when it was saved"
    client.get_host_keys().add(known, pinned.key.get_name(), pinned.key)
    try:
        client.connect(
            source.host, source.port, source.user, timeout=CONNECT_S, banner_timeout=CONNECT_S, auth_timeout=CONNECT_S,
            channel_timeout=CONNECT_S, allow_agent=False, look_for_keys=False, **_secret_of(source),
        )  # fmt: skip
        sftp = client.open_sftp()
        channel = sftp.get_channel()
        if channel is not None:
            channel.settimeout(READ_S)
        sftp.chdir(source.folder)
        yield sftp
    except paramiko.BadHostKeyException as error:
        raise HostKeyRefused(host=host, seen=error.key.fingerprint, pinned=pinned.key.fingerprint) from error
    except paramiko.AuthenticationException as error:
        raise LoginRefused(host=host) from error
    except (paramiko.SSHException, OSError, EOFError) as error:
        # A server without a key of the pinned kind ends the handshake before it shows one.
        raise NotReached(host=host, why=str(error) or type(error).__name__) from error
    finally:
        client.close()


def _secret_of(source: SftpSource) -> dict[str, Any]:
    if source.login_by == SftpSource.LoginBy.PASSWORD:
        return {"password": source.secret}
    return {"pkey": private_key(source.secret)}


def private_key(text: str) -> paramiko.PKey:
    """Raises SftpFailed."""
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text))
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise SftpFailed(_("That is no private key without a passphrase: Ed25519, ECDSA or RSA."))


def _listed(sftp: paramiko.SFTPClient, source: SftpSource) -> Iterator[Entry]:
    for number, one in enumerate(sftp.listdir_iter()):
        if number >= MOST_NAMES:
            return
        name, mode = one.filename, one.st_mode or 0
        # No link, no folder, no path: a name is a name.
        if not stat.S_ISREG(mode) or "/" in name or not name.isprintable() or len(name) > 255:
            continue
        if fnmatchcase(name, source.pattern) and one.st_size is not None and one.st_mtime is not None:
            yield Entry(name, one.st_size, datetime.fromtimestamp(one.st_mtime, UTC))


def _new(source: SftpSource, entries: Iterator[Entry], now: datetime) -> list[Entry]:
    """Complete, of the last weeks, and not looked at before; by name."""
    seen = set(SftpFile.objects.filter(source=source).values_list("name", "size", "modified_at"))
    oldest = now - OLDEST
    return sorted(
        one
        for one in entries
        if tuple(one) not in seen
        and one.modified_at <= now - timedelta(seconds=QUIET_S)
        and one.modified_at >= oldest
    )


def _read(sftp: paramiko.SFTPClient, source: SftpSource, entry: Entry, target: IO[bytes]) -> bool:
    """The whole file, or nothing where it is still being written."""
    if entry.size > LARGEST:
        _put_down(source, entry, _("larger than a settlement file may be"))
        return False
    with sftp.open(entry.name, "rb") as there:
        there.prefetch(entry.size)
        while block := there.read(1 << 16):
            target.write(block)
            if target.tell() > entry.size:
                return False
    return target.tell() == entry.size


def _take(source: SftpSource, entry: Entry, content: Any, now: datetime) -> int:
    biller = source.biller
    day = day_named(entry.name) or business_day(biller, now) - timedelta(days=1)
    try:
        with transaction.atomic():
            receive_file(
                biller=biller,
                day=day,
                stream=content,
                name=entry.name,
                source=FileSource.SFTP,
                adds=True,
            )
            _put_down(source, entry, None)
    except GeraiError as error:
        with transaction.atomic():
            why = _put_down(source, entry, error)
            told = {
                "biller": biller.pk,
                "name": biller.name,
                "file": entry.name,
                "why": why,
                "day": day.isoformat(),
            }
            key = f"{biller.code}-{short(entry.name)}-{entry.modified_at:%Y%m%d%H%M%S}"
            outbox.enqueue(FILE_REFUSED, key=key, payload=told)
        return 0
    return 1


def _put_down(source: SftpSource, entry: Entry, refused: Any) -> dict[str, str]:
    """The file is not looked at again; why it was refused, if it was, in each language."""
    why = _said(refused) if refused else {}
    SftpFile.objects.get_or_create(
        source=source,
        name=entry.name,
        size=entry.size,
        modified_at=entry.modified_at,
        defaults={"refusal": why},
    )
    return why


def _said(error: Any) -> dict[str, str]:
    """In each language, as much as a page shows: a server's own words may be of any length, and hold what JSON cannot."""
    return {code: text.replace("\0", "")[:LONGEST_FAULT] for code, text in in_each_language(error).items()}
