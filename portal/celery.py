"""The Celery application. Beat only triggers; what must happen once is claimed in the database by whoever does it."""

import gc
import os
from typing import Any

import kombu
from celery import Celery, signals
from celery.app.amqp import AMQP
from celery.schedules import crontab

from portal.servers.process import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class Connection(kombu.Connection):
    """Workers and beat look for a lost broker every few seconds. Kombu's pauses grow to half a minute, in which a
    broker that is back stands idle."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        return super().ensure_connection(
            *args, **{"interval_start": 1, "interval_step": 0.5, "interval_max": 3, **options}
        )


class Amqp(AMQP):
    Connection = Connection


app = Celery("gerai", amqp=Amqp)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Everything that happens by the clock, on one page. `expires` drops a tick that nobody took in time.
SCHEDULE = {
    "monitoring: poll shard 0": {
        "task": "monitoring.tasks.poll_round",
        "schedule": 5.0,
        "args": [0],
        "options": {"queue": "monitoring.0", "expires": 5},
    },
    "monitoring: roll up five minutes": {
        "task": "monitoring.tasks.roll_up",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "core: sweep the outbox": {
        "task": "core.tasks.sweep_outbox",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "core: ping the outbox": {"task": "core.tasks.ping_outbox", "schedule": 30.0, "options": {"expires": 30}},
    "core: prune the outbox": {"task": "core.tasks.prune_outbox", "schedule": crontab(hour=17, minute=20)},
    "core: sweep the jobs": {
        "task": "core.tasks.sweep_jobs",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "core: expire the jobs' files": {
        "task": "core.tasks.expire_job_results",
        "schedule": crontab(hour=17, minute=40),
    },
    "core: expire what was uploaded": {
        "task": "core.tasks.expire_uploads",
        "schedule": crontab(hour=17, minute=45),
    },
    "core: seal the audit trail": {
        "task": "core.tasks.seal_audit",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "core: seal what was left over": {
        "task": "core.tasks.seal_audit_leftovers",
        "schedule": crontab(hour=17, minute=30),
    },
    "core: partitions": {"task": "core.tasks.maintain_partitions", "schedule": crontab(hour=17, minute=10)},
    "notifications: remove old ones": {
        "task": "notifications.tasks.remove_old_notifications",
        "schedule": crontab(hour=17, minute=40),
    },
    # Each hour, for midnight comes three times: in Jayapura, Makassar and Jakarta.
    "organization: follow planned moves": {
        "task": "organization.tasks.follow_branches",
        "schedule": crontab(minute=5),
        "options": {"expires": 3600},
    },
    "betaapp: follow the calendar": {
        "task": "betaapp.tasks.follow_the_calendar",
        "schedule": crontab(minute=10),
        "options": {"expires": 3600},
    },
    "organization: remove old logins": {
        "task": "organization.tasks.remove_old_logins",
        "schedule": crontab(hour=17, minute=50),
    },
    "ppob: fold the shared accounts": {
        "task": "ppob.tasks.fold_shared_accounts",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "ppob: expire holds": {"task": "ppob.tasks.expire_holds", "schedule": 60.0, "options": {"expires": 60}},
    "ppob: sum up sales": {
        "task": "ppob.tasks.summarise_sales",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "ppob: tell of exceptions": {
        "task": "ppob.tasks.tell_of_exceptions",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    # 01:15 in Jakarta, when yesterday's last sales are in.
    "ppob: prove the ledger": {"task": "ppob.tasks.prove_ledger", "schedule": crontab(hour=18, minute=15)},
    "ppob: prune nonces": {"task": "ppob.tasks.prune_nonces", "schedule": crontab(minute=35)},
    "ppob: watch the balances": {
        "task": "ppob.tasks.watch_balances",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "ppob: forget old balances": {
        "task": "ppob.tasks.forget_old_books",
        "schedule": crontab(hour=17, minute=55),
    },
    "ppob: make saved reports": {
        "task": "ppob.tasks.run_due_reports",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "ppob: reconcile days that are due": {
        "task": "ppob.tasks.reconcile_due_days",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "ppob: fetch settlement files": {
        "task": "ppob.tasks.fetch_settlements",
        "schedule": crontab(minute="2-59/5"),
        "options": {"expires": 300},
    },
    "portal: heartbeat": {"task": "portal.tasks.heartbeat", "schedule": 30.0, "options": {"expires": 30}},
}
app.conf.beat_schedule = SCHEDULE


@signals.worker_process_init.connect
def _end_with_the_worker(**_: Any) -> None:
    """A pool process whose worker was killed waits for work for ever; the kernel ends it instead."""
    die_with_parent(parent=os.getppid())()


@signals.worker_process_init.connect
@signals.worker_ready.connect
def _settle(**_: Any) -> None:
    """As a web process does, without its pages and without a round of collecting, which would copy a child's memory."""
    gc.freeze()
