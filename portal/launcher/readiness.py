"""Waits for /health/ready, then tells the person where to go."""

import getpass
import http.client
import socket
import threading
import time

from django.conf import settings

from organization.demo.cast import ROLE_CARDS
from portal import heartbeats
from portal.launcher.doors import HOST, Doors
from portal.launcher.lan import HANDED_OUT, Lan, qr
from portal.launcher.terminal import Terminal

PATIENCE = 90.0


def announce_when_ready(doors: Doors, terminal: Terminal, *, demo: bool, pin: str = "") -> None:
    """In a thread of its own, for the main one must be free for the children."""
    arguments = (doors, terminal, demo, pin, time.monotonic())
    threading.Thread(target=_wait, args=arguments, daemon=True).start()


def _wait(doors: Doors, terminal: Terminal, demo: bool, pin: str, began: float) -> None:
    told = False
    while True:
        # The worker first, for each answer of "not ready" is a line in the log.
        answer = _ask(doors.port) if heartbeats.age("default") is not None else "no worker has answered yet"
        if answer == "" and doors.lan and not _is_open(doors.lan.port):
            answer = "the phones' door is not open yet"
        if answer == "":
            break
        if not told and time.monotonic() - began > PATIENCE:
            told = True
            terminal.warn(
                f"Not ready after {PATIENCE:.0f} s: {answer}. Still trying; the lines above may say why."
            )
        time.sleep(0.2)
    _banner(doors, terminal, demo)
    if doors.lan:
        _lan_banner(doors.lan, terminal, pin)
    terminal.say("  Ctrl-C ends everything.")
    terminal.say()


def _ask(port: int) -> str:
    """Empty when ready, else why not."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": _own_name()})
        response = connection.getresponse()
        body = response.read(2000).decode(errors="replace")
        return "" if response.status == 200 else body
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()


def _own_name() -> str:
    """A name that the portal answers to; in production 127.0.0.1 is none."""
    name = next(iter(settings.ALLOWED_HOSTS), HOST).removeprefix(".")
    return HOST if name == "*" else name


def _is_open(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def _banner(doors: Doors, terminal: Terminal, demo: bool) -> None:
    terminal.say()
    terminal.headline(f"  Gerai is ready: {doors.address}")
    terminal.say(
        f"  From another machine: ssh -L {doors.port}:{HOST}:{doors.port} {_user()}@{socket.gethostname()}"
    )
    if demo:
        terminal.say("  Logins: choose a role on the login page; the demo asks for no PIN.")
    else:
        terminal.say("  Logins: make the first one with  .venv/bin/python manage.py first_admin --nik NIK")


def _lan_banner(lan: Lan, terminal: Terminal, pin: str) -> None:
    terminal.say()
    terminal.headline(f"  On a phone of this network: {'  '.join(lan.urls)}")
    terminal.say(qr(lan.urls[0]))
    terminal.say(
        f"  It asks whether to go on with a certificate of this machine's own, SHA-256 {lan.fingerprint}"
    )
    terminal.say(
        f"  To trust this machine for good, which notifications need, install {lan.urls[0]}static/{HANDED_OUT}"
    )
    if pin:
        who = ", ".join(f"{nik} {role}" for role, nik in sorted(ROLE_CARDS.items(), key=lambda card: card[1]))
        terminal.say(f"  Logins there: PIN {pin} for each of {who}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "user"
