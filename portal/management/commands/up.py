import os
import signal
from argparse import ArgumentParser
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections
from redis.exceptions import RedisError

from portal import heartbeats
from portal.launcher import demo_data, doors, migrations, plan, readiness
from portal.launcher.errors import LauncherError
from portal.launcher.supervisor import Supervisor
from portal.launcher.terminal import Terminal
from portal.servers import release_all
from portal.servers.places import state_dir

# A fast shutdown takes a fifth of a second; a loaded machine or a slow disk, longer.
SERVERS_END_WITHIN = 10.0


class Command(BaseCommand):
    """Everything on one machine; with DATABASE_URL or REDIS_URL only what those do not name. Ends with Ctrl-C."""

    help = "Start the portal: servers, migrations, demo data when empty, web, workers and beat. Ends with Ctrl-C."
    requires_system_checks: list[str] = []  # they would be run three times over, by each child as well

    def add_arguments(self, parser: ArgumentParser) -> None:
        doors.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        terminal = Terminal()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            self._run(terminal, asked=options["demo"], refused=options["no_demo"])
        except LauncherError as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {' '.join(str(error).split())}") from error
        except RedisError as error:
            raise CommandError(f"REDIS_URL does not answer: {error}") from error
        except KeyboardInterrupt:
            terminal.say("Stopped before it was ready.")
        finally:
            connections.close_all()
            left = release_all(wait=SERVERS_END_WITHIN)
            if left:
                terminal.say(f"{' and '.join(left)} stay up: another command uses them.")
        terminal.say("Stopped.")
        # Everything is closed; to free what Python has loaded takes seconds more where others want the processor.
        os._exit(0)

    def _run(self, terminal: Terminal, *, asked: bool, refused: bool) -> None:
        claimed = doors.claimed()
        embedded = "postgres" in os.environ.get("GERAI_OWN_SERVERS", "").split()
        if migrations.unapplied():
            terminal.say("Preparing the database…")
        migrations.apply_pending()
        call_command("maintain_partitions", stdout=StringIO())  # the portal may have been off for weeks
        demo = demo_data.ensure_demo(embedded=embedded, asked=asked, refused=refused, terminal=terminal)
        os.environ["GERAI_DEMO"] = "1" if demo else "0"
        os.environ["PORT"] = str(claimed.port)  # for links in e-mails, unless PORTAL_URL says more
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        if claimed.lan:
            claimed.lan.hand_out(settings.STATIC_ROOT)
        terminal.say("Starting web, workers and beat…")
        self._greet_the_worker()
        connections.close_all()
        # Another machine has no role cards: the demo's people get a PIN for it, anew at each start.
        pin = demo_data.give_the_cast_a_pin() if demo and claimed.lan else ""
        readiness.announce_when_ready(claimed, terminal, demo=demo, pin=pin)
        children = plan.children(
            listener=claimed.listener.fileno(), state=state_dir(), lan=claimed.lan, demo=demo
        )
        Supervisor(children, terminal).run()

    def _greet_the_worker(self) -> None:
        """Readiness wants a worker that answered: forget what an earlier run's said, and ask anew."""
        heartbeats.forget()
        heartbeats.ask()
