from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from betaapp.choices import Decision, Joining, ProgramState
from betaapp.models.catalogue import Application, Version
from core.models import Identified
from organization.models import Division, Employee, Store

NONEMPTY = Q(days__startswith__isnull=False) & Q(days__endswith__isnull=False) & Q(days__isempty=False)


class BetaProgram(Identified):
    """Versions that are tried at chosen stores from a day to a day.

    `revision` counts saves of its stores: whoever saves from a page that is older than the last save is refused.
    """

    name = models.CharField(_("name"), max_length=80)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    state = models.CharField(_("state"), max_length=8, choices=ProgramState, default=ProgramState.DRAFT)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, related_name="beta_programs", verbose_name=_("division")
    )
    made_by = models.ForeignKey(
        Employee, models.PROTECT, related_name="beta_programs", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    new_stores = models.CharField(_("New stores"), max_length=4, choices=Joining, default=Joining.STAYS_OUT)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("beta programme"), _("beta programmes")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("enroll_store", _("Can choose the stores of a beta programme")),
            ("decide_betaprogram", _("Can widen, promote and stop a beta programme")),
            ("export_betaprogram", _("Can export beta programmes")),
        ]
        indexes = [
            models.Index("first_on", "id", name="beta_program_first_id"),
            models.Index("name", "id", name="beta_program_name_id"),
            models.Index("state", "first_on", "id", name="beta_program_state"),
            models.Index("division", "first_on", "id", name="beta_program_division"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="beta_program_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="beta_program_days_in_order",
                violation_error_message=_("The last day is not before the first one."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProgramState.values), name="beta_program_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ProgramState.DRAFT, started_at=None, ended_at=None)
                | Q(state=ProgramState.RUNNING, started_at__isnull=False, ended_at=None)
                | Q(state=ProgramState.ENDED, ended_at__isnull=False),
                name="beta_program_state_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProgramApplication(Identified):
    """An application and the version of it that a programme tries."""

    called_by = ("program__name", "application__code", "version__number")
    program = models.ForeignKey(
        BetaProgram, models.CASCADE, related_name="applications", verbose_name=_("beta programme")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="+", verbose_name=_("application")
    )
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name=_("version"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    decision = models.CharField(
        _("decision"), max_length=8, choices=Decision, default=Decision.NONE, blank=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decision_reason = models.CharField(_("reason of the decision"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("application of a programme"), _("applications of programmes")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["program", "application"],
                name="program_application_once",
                violation_error_message=_("This application is in the programme already."),
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="program_application_decision_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.version}"


class Enrollment(models.Model):
    """The days on which a store takes part in a programme. A store that comes back gets another row."""

    program = models.ForeignKey(BetaProgram, models.CASCADE, related_name="enrollments")
    store = models.ForeignKey(Store, models.PROTECT, related_name="beta_enrollments", db_index=False)
    days = DateRangeField(_("days"))

    class Meta:
        verbose_name, verbose_name_plural = _("enrolled store"), _("enrolled stores")
        default_permissions = ()
        constraints = [
            ExclusionConstraint(
                name="store_is_enrolled_once_a_day",
                # The store first: it parts the entries of one save, and serves whoever looks for a store's.
                expressions=[
                    ("store", RangeOperators.EQUAL),
                    ("program", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=NONEMPTY, name="enrollment_has_days"),
        ]


class StoreTrial(models.Model):
    """On which days a store runs which version on trial: written while a programme runs, for whoever asks what it runs.

    `program`, `store` and `application` stand on their enrolment and their programme's application as well; here they
    carry the rule that no store tries two versions of one application at once. Sixteen thousand are written at a time, so
    there is no index that no query needs.
    """

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="trials")
    program = models.ForeignKey(
        BetaProgram, models.CASCADE, related_name="trials", db_constraint=False, db_index=False
    )
    store = models.ForeignKey(Store, models.PROTECT, related_name="beta_trials", db_constraint=False)
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    version = models.ForeignKey(
        Version, models.PROTECT, related_name="trials", db_constraint=False, db_index=False
    )
    days = DateRangeField(_("days"))

    class Meta:
        verbose_name, verbose_name_plural = _("version on trial"), _("versions on trial")
        default_permissions = ()
        indexes = [
            # A decision or an end takes all of a programme's.
            models.Index("program", "application", name="store_trial_program"),
        ]
        constraints = [
            ExclusionConstraint(
                name="store_tries_one_version",
                expressions=[
                    ("store", RangeOperators.EQUAL),
                    ("application", RangeOperators.EQUAL),
                    ("version", RangeOperators.NOT_EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=NONEMPTY, name="store_trial_has_days"),
        ]


class StoreChange(models.Model):
    """One save of a programme's stores: who, when, which ones. What a stale page has missed is read from here."""

    program = models.ForeignKey(BetaProgram, models.CASCADE, related_name="store_changes")
    revision = models.PositiveIntegerField()
    made_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    added = ArrayField(models.BigIntegerField())
    removed = ArrayField(models.BigIntegerField())
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("change of stores"), _("changes of stores")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["program", "revision"], name="store_change_once"),
            models.CheckConstraint(condition=~Q(added=[], removed=[]), name="store_change_changes_something"),
        ]
