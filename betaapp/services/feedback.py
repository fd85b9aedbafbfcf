"""What stores think of what they try, and how it becomes a problem."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from betaapp import problems
from betaapp.exceptions import AlreadyAProblem, NoDesk, NotTried
from betaapp.models import Feedback, StoreTrial
from betaapp.notices import tell_of_feedback
from core import audit
from organization.models import Employee, Store


@transaction.atomic
def give_feedback(
    *,
    store: Store,
    trial: StoreTrial,
    rating: int,
    text: str,
    picture: Any = None,
    actor: Employee | None = None,
    sent_by: str = "",
) -> Feedback:
    """Keep what somebody at the store wrote, or what the computer `sent_by` sent; the programme's maker is told.

    Raises NotTried for what another store tries, or what is over.
    """
    if trial.store_id != store.pk or timezone.localdate() not in trial.days:
        raise NotTried
    feedback = Feedback(
        store=store,
        program_id=trial.program_id,
        application_id=trial.application_id,
        version_id=trial.version_id,
        rating=rating,
        text=text.strip(),
        picture=picture or "",
        made_by=actor,
        sent_by=sent_by,
    )
    feedback.full_clean(exclude={"uuid", "made_by", "program", "application", "version"})
    feedback.save()
    tell_of_feedback(feedback)
    return feedback


@transaction.atomic
def open_problem(*, feedback: Feedback, actor: Employee) -> str:
    """Make it a problem at the helpdesk, once; the problem's address. Raises NoDesk, AlreadyAProblem."""
    desk = problems.desk()
    if desk is None:
        raise NoDesk
    feedback = Feedback.objects.select_for_update(of=("self",)).get(pk=feedback.pk)
    if feedback.problem_url:
        raise AlreadyAProblem
    feedback.problem_url = desk.open_from_feedback(feedback_id=feedback.pk, actor=actor)
    feedback.save(update_fields=["problem_url"])
    audit.record(actor, "beta.problem_opened", feedback, {"problem_url": ("", feedback.problem_url)})
    return feedback.problem_url
