"""What is audited of the trail, jobs, exports, imports and the outbox."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core import audit
from core.audit.erasing import erase_personal
from core.imports import services as imports
from core.jobs import cancel_job, retry_job
from core.models import Job, OutboxMessage
from core.outbox.repair import requeue
from core.tests.jobs import ask, work
from organization.choices import Role
from organization.imports import DivisionImport
from organization.tests.factories import (
    BranchFactory,
    EmployeeFactory,
    StoreFactory,
)
from organization.tests.tables import text
from tests.audit.acts import FORMS, Doors, Writers, boss, client_of


def start_a_job():
    person = boss()
    return lambda: ask(person, "test.audited")


def cancel_a_job():
    person = boss()
    job = ask(person, "test.audited")
    return lambda: cancel_job(job, actor=person)


def repeat_a_job():
    person = boss()
    job = ask(person, "test.audited")
    Job.objects.update(state="failed", ended_at=timezone.now())
    return lambda: retry_job(job, actor=person)


def try_a_dead_message_again():
    OutboxMessage.objects.create(kind="core.ping", key="dead", payload={}, dead_at=timezone.now())
    return lambda: requeue(OutboxMessage.objects.filter(key="dead"), actor=None)


def erase_what_the_trail_says():
    person = EmployeeFactory()
    with transaction.atomic():
        audit.record(None, "object.changed", person, {"phone": ("0811", "0822")})
    return lambda: erase_personal(
        kind="organization.employee", uuid=person.uuid, before=timezone.now(), actor=None, reason="Asked"
    )


def show_personal_data():
    person, client = boss(), client_of(EmployeeFactory(roles=[Role.AUDITOR]))
    with transaction.atomic():
        audit.record(None, "object.changed", person, {"phone": ("0811", "0822")})
    return lambda: client.post(reverse("audit:object", args=["organization.employee", person.uuid]))


def export_a_list():
    StoreFactory()
    client = client_of(boss())
    return lambda: client.post("/directory/stores/", {"format": "csv"})


def export_a_list_as_a_job():
    """The job's own state says that it failed; no file is left for anybody."""
    StoreFactory()
    job = ask(boss(), "core.export", path="/directory/stores/", query="", form="csv")

    def run():
        work()
        job.refresh_from_db()
        assert job.result_path == ""
        assert "trail is broken" in OutboxMessage.objects.get(key=f"{job.pk}:1").error
        Job.objects.all().delete()
        OutboxMessage.objects.all().delete()
        raise audit.NotRecorded

    return run


def take_todays_data():
    BranchFactory()
    client = client_of(boss())
    return lambda: client.get(reverse("admin:organization_branch_import_current"))


def save_a_table():
    """A refusal in words, and the run says so; nothing of the table is there."""
    person = boss()
    run = imports.begin_import(kind=DivisionImport, file=text("code;name\nD1;Satu\n"), actor=person)

    def confirm():
        imports.confirm_import(run=run, digest=run.preview_digest, actor=person)
        run.refresh_from_db()
        assert run.state == "refused"
        run.delete()
        raise audit.NotRecorded

    return confirm


DOORS: Doors = (
    start_a_job,
    cancel_a_job,
    repeat_a_job,
    try_a_dead_message_again,
    erase_what_the_trail_says,
    show_personal_data,
    export_a_list,
    export_a_list_as_a_job,
    take_todays_data,
    save_a_table,
)

WRITERS: Writers = {
    "core.jobs.services._record": ("start_a_job", "cancel_a_job", "repeat_a_job"),
    "core.modeladmin.GeraiModelAdmin._record": (FORMS,),
    "core.exports.asking.record_export": ("export_a_list", "export_a_list_as_a_job", "take_a_paper"),
    "core.audit.erasing._erase_some": ("erase_what_the_trail_says",),
    "core.audit.views.AuditObjectView.post": ("show_personal_data",),
    "core.imports.services._apply": ("save_a_table",),
    "core.imports.services.tell_of_file": ("take_todays_data",),
    "core.outbox.repair.requeue": ("try_a_dead_message_again",),
}
