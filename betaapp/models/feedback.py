from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from betaapp.models.catalogue import Application, Version
from betaapp.models.programs import BetaProgram
from core.models import Identified
from organization.models import Employee, Store


class Feedback(Identified):
    """What a store thinks of a version that it tries: written by its people, or sent by one of its computers."""

    called_by = ("store__code", "application__code")
    store = models.ForeignKey(Store, models.PROTECT, related_name="beta_feedback", verbose_name=_("store"))
    program = models.ForeignKey(
        BetaProgram, models.PROTECT, related_name="feedback", verbose_name=_("beta programme")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="+", verbose_name=_("application")
    )
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name=_("version"))
    rating = models.PositiveSmallIntegerField(
        _("rating"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    text = models.TextField(_("text"), max_length=2000)
    picture = models.ImageField(_("picture"), upload_to="beta/", blank=True)
    made_by = models.ForeignKey(
        Employee, models.PROTECT, null=True, related_name="+", verbose_name=_("written by")
    )
    sent_by = models.CharField(_("sent by"), max_length=30, blank=True)
    made_at = models.DateTimeField(_("written"), auto_now_add=True)
    problem_url = models.CharField(_("problem"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("feedback"), _("feedback")
        default_permissions = ("view", "change")
        permissions = [("export_feedback", _("Can export feedback"))]
        indexes = [
            models.Index("made_at", "id", name="feedback_made_id"),
            models.Index("program", "made_at", "id", name="feedback_program_made"),
            models.Index("store", "made_at", "id", name="feedback_store_made"),
            models.Index("made_by", "made_at", "id", name="feedback_person_made"),
            models.Index("rating", "made_at", "id", name="feedback_rating_made"),
            GinIndex(OpClass(Upper("text"), name="gin_trgm_ops"), name="feedback_search"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="feedback_rating_sane"),
            models.CheckConstraint(
                condition=Q(made_by__isnull=False) | ~Q(sent_by=""), name="feedback_has_a_sender"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.rating}"
