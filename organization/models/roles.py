from django.contrib.auth.models import Group
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from organization.choices import NATIONAL_ROLES, ScopeKind
from organization.models.people import Division, Employee
from organization.models.places import Branch


class RoleGrant(Identified):
    """A role held by a person, with a scope, on some days: the only way to hold a role."""

    called_by = ("employee__nik",)
    employee = models.ForeignKey(
        Employee, models.CASCADE, related_name="role_grants", verbose_name=_("employee")
    )
    group = models.ForeignKey(Group, models.PROTECT, related_name="role_grants", verbose_name=_("role"))
    scope = models.CharField(_("scope"), max_length=10, choices=ScopeKind)
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="role_grants", verbose_name=_("branch")
    )
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="role_grants",
        verbose_name=_("division"),
    )
    days = DateRangeField(_("days"))
    delegate_of = models.ForeignKey(
        Employee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="delegations",
        verbose_name=_("delegate of"),
        help_text=_("Whose work this person does during leave (PLT)."),
    )

    class Meta:
        verbose_name, verbose_name_plural = _("role with scope"), _("roles with scope")
        ordering = ("employee", "group", "-days")
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=ScopeKind.NATIONAL, branch__isnull=True, division__isnull=True)
                | Q(scope=ScopeKind.BRANCH, branch__isnull=False, division__isnull=True)
                | Q(scope=ScopeKind.DIVISION, branch__isnull=True, division__isnull=False),
                name="role_grant_scope_names_its_place",
                violation_error_message=_(
                    "Name the branch or division that the scope speaks of, and nothing else."
                ),
            ),
            models.CheckConstraint(
                condition=Q(days__startswith__isnull=False) & Q(days__isempty=False),
                name="role_grant_has_a_first_day",
            ),
            models.CheckConstraint(
                condition=Q(delegate_of__isnull=True) | ~Q(delegate_of=models.F("employee")),
                name="role_grant_not_own_delegate",
                violation_error_message=_("Nobody is their own delegate."),
            ),
            ExclusionConstraint(
                name="role_grant_once_a_day",
                expressions=[
                    ("employee", RangeOperators.EQUAL),
                    ("group", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    (Coalesce("branch", Value(0)), RangeOperators.EQUAL),
                    (Coalesce("division", Value(0)), RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "The person already holds this role with this scope on some of these days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.group_id} {self.scope}"

    def clean(self) -> None:
        """Refuse a narrow administrator or auditor: what they open is not divided by branches."""
        if self.group_id and self.group.name in NATIONAL_ROLES and self.scope != ScopeKind.NATIONAL:
            raise ValidationError({"scope": _("This role is held nationally or not at all.")})
