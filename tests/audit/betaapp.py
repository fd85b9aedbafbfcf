"""What is audited of the Beta-App."""

from django.utils import timezone

from betaapp import problems
from betaapp import services as beta
from betaapp.models import (
    BetaProgram,
    ConfirmedVersion,
    Enrollment,
    Feedback,
    ProgramApplication,
    StablePeriod,
    StoreChange,
    StoreToken,
    StoreTrial,
)
from betaapp.tests.factories import (
    DAY,
    BetaProgramFactory,
    FeedbackFactory,
    VersionFactory,
    age,
    running_program,
    try_version,
)
from organization.choices import Role
from organization.tests.factories import EmployeeFactory, StoreFactory
from tests.audit.acts import Services, Writers


def make_program():
    today, person = timezone.localdate(), EmployeeFactory()
    days = {"first_on": today, "last_on": today}
    return lambda: beta.make_program(name="Kasir", new_stores="out", actor=person, **days)


def change_program():
    program = running_program(StoreFactory())
    return lambda: beta.change_program(program=program, new={"name": "Baru"}, actor=None)


def add_application():
    program, version = running_program(StoreFactory()), VersionFactory()
    return lambda: beta.add_application(
        program=program, application=version.application, version=version, actor=None
    )


def remove_application():
    tried = running_program(StoreFactory()).applications.get()
    return lambda: beta.remove_application(tried=tried, actor=None)


def start_program():
    program = BetaProgramFactory()
    try_version(program, VersionFactory())
    return lambda: beta.start_program(program=program, actor=None)


def end_program():
    program = running_program(StoreFactory())
    return lambda: beta.end_program(program=program, actor=None)


def let_a_store_join():
    program, store = running_program(StoreFactory()), StoreFactory()
    return lambda: beta.change_stores(program=program, add=[store.pk], remove=(), revision=1, actor=None)


def let_a_store_leave():
    store = StoreFactory()
    program = running_program(store)
    return lambda: beta.change_stores(program=program, add=(), remove=[store.pk], revision=1, actor=None)


def make_stable():
    version = VersionFactory()
    return lambda: beta.make_stable(version=version, actor=None)


def promote():
    tried, person = running_program(StoreFactory()).applications.get(), EmployeeFactory()
    return lambda: beta.promote(tried=tried, reason="Lancar", actor=person)


def stop():
    tried, person = running_program(StoreFactory()).applications.get(), EmployeeFactory()
    return lambda: beta.stop(tried=tried, reason="Macet", actor=person)


def end_what_is_over():
    program = running_program(StoreFactory())
    age(program, 9)
    yesterday = timezone.localdate() - DAY
    BetaProgram.objects.update(last_on=yesterday)
    return beta.end_what_is_over


def confirm_version():
    store, version, person = StoreFactory(), VersionFactory(), EmployeeFactory()
    return lambda: beta.confirm_version(
        store=store, application=version.application, version=version, actor=person
    )


def make_store_token():
    store = StoreFactory()
    return lambda: beta.make_store_token(store=store, actor=None)


def revoke_store_token():
    token, _text = beta.make_store_token(store=StoreFactory(), actor=None)
    return lambda: beta.revoke_store_token(token=token, actor=None)


class Desk:
    """A helpdesk that takes everything."""

    def problem_days(self, **period):
        return []

    def open_from_feedback(self, *, feedback_id, actor):
        return f"/helpdesk/{feedback_id}/"


def open_problem():
    feedback, person = FeedbackFactory(), EmployeeFactory()
    problems.connect(Desk())

    def act():
        try:
            beta.open_problem(feedback=feedback, actor=person)
        finally:
            problems.disconnect()

    return act


def widen():
    program, store, person = (
        running_program(StoreFactory()),
        StoreFactory(),
        EmployeeFactory(roles=[Role.MANAGER]),
    )
    return lambda: beta.widen(program=program, stores=[store.pk], revision=1, actor=person)


def let_new_stores_join():
    store = StoreFactory()
    running_program(store, new_stores="join")
    StoreFactory(branch=store.branch, opened_on=timezone.localdate())
    return beta.let_new_stores_join


SERVICES: Services = {
    "betaapp.services.widen": [widen],
    "betaapp.services.let_new_stores_join": [let_new_stores_join],
    "betaapp.services.end_what_is_over": [end_what_is_over],
    "betaapp.services.confirm_version": [confirm_version],
    "betaapp.services.make_store_token": [make_store_token],
    "betaapp.services.revoke_store_token": [revoke_store_token],
    "betaapp.services.open_problem": [open_problem],
    "betaapp.services.make_program": [make_program],
    "betaapp.services.change_program": [change_program],
    "betaapp.services.add_application": [add_application],
    "betaapp.services.remove_application": [remove_application],
    "betaapp.services.start_program": [start_program],
    "betaapp.services.end_program": [end_program],
    "betaapp.services.change_stores": [let_a_store_join, let_a_store_leave],
    "betaapp.services.make_stable": [make_stable],
    "betaapp.services.promote": [promote],
    "betaapp.services.stop": [stop],
}

# What changes nothing that an auditor asks about.
NOT_SENSITIVE = {
    "betaapp.services.hear": "what a computer says of itself is its own history, kept as intervals",
    "betaapp.services.give_feedback": "a person's words under their name, which nobody changes",
}

WRITERS: Writers = {
    "betaapp.services.heartbeats.confirm_version": ("betaapp.services.confirm_version",),
    "betaapp.services.tokens.make_store_token": ("betaapp.services.make_store_token",),
    "betaapp.services.tokens.revoke_store_token": ("betaapp.services.revoke_store_token",),
    "betaapp.services.feedback.open_problem": ("betaapp.services.open_problem",),
    "betaapp.services.programs.make_program": ("betaapp.services.make_program",),
    "betaapp.services.programs.change_program": ("betaapp.services.change_program",),
    "betaapp.services.programs.add_application": ("betaapp.services.add_application",),
    "betaapp.services.programs.remove_application": ("betaapp.services.remove_application",),
    "betaapp.services.programs.start_program": ("betaapp.services.start_program",),
    "betaapp.services.programs.end_program": (
        "betaapp.services.end_program",
        "betaapp.services.end_what_is_over",
    ),
    "betaapp.services.stores._record": (
        "betaapp.services.change_stores",
        "betaapp.services.let_new_stores_join",
        "betaapp.services.widen",
    ),
    "betaapp.services.decisions.make_stable": ("betaapp.services.make_stable", "betaapp.services.promote"),
    "betaapp.services.decisions.stop": ("betaapp.services.stop",),
}

# What must be as it was when an act is refused.
ROWS = (
    BetaProgram, ProgramApplication, Enrollment, StoreTrial, StoreChange, StablePeriod, ConfirmedVersion, StoreToken, Feedback,
)  # fmt: skip
