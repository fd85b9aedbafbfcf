from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Concat, Upper
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from organization.choices import ADMIN_ROLES, EmployeeStatus
from organization.models.places import Branch, Store, code_validator


class Division(Identified):
    code = models.CharField(_("code"), max_length=12, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=80)
    is_it = models.BooleanField(_("IT division"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("division"), _("divisions")
        ordering = ("code",)
        permissions = [("import_division", _("Can import divisions"))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Department(Identified):
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="departments", verbose_name=_("division")
    )
    code = models.CharField(_("code"), max_length=12, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=80)
    pics = models.ManyToManyField(
        "organization.Employee", related_name="departments_as_pic", blank=True, verbose_name=_("PICs")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("department"), _("departments")
        ordering = ("code",)
        permissions = [("import_department", _("Can import departments"))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class EmployeeManager(BaseUserManager["Employee"]):
    def get_by_natural_key(self, nik: str | None) -> "Employee":
        return self.get(nik=nik)


# What pages say of a grant, and what a scope is made of.
GRANT_COLUMNS = (
    "employee",
    "group__name",
    "scope",
    "days",
    "delegate_of",
    "branch__code",
    "branch__name",
    "division__code",
    "division__name",
)


class Employee(Identified, AbstractBaseUser):
    """The user model. The NIK is the login name: shown and searched, never part of an address."""

    nik = models.CharField(
        "NIK",
        max_length=16,
        unique=True,
        validators=[RegexValidator(r"\A\d{5,16}\Z", _("A NIK is 5 to 16 digits."))],
    )
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    picture = models.ImageField(_("picture"), upload_to="people/", blank=True)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="employees", verbose_name=_("division")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="employees",
        verbose_name=_("department"),
    )
    store = models.ForeignKey(
        Store, models.PROTECT, null=True, blank=True, related_name="employees", verbose_name=_("store")
    )
    branch_office = models.ForeignKey(
        Branch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="office_staff",
        verbose_name=_("branch office"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=EmployeeStatus, default=EmployeeStatus.ACTIVE
    )
    must_change_pin = models.BooleanField(_("must change the PIN"), default=True)
    # Until when a PIN that somebody else knows lets its person in; None for a PIN of one's own.
    pin_expires_at = models.DateTimeField(null=True, editable=False)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="id")
    session_series = models.PositiveIntegerField(
        default=0, db_default=0, editable=False
    )  # raised to end all open sessions
    joined_at = models.DateTimeField(_("registered"), auto_now_add=True)

    objects: ClassVar[EmployeeManager] = EmployeeManager()
    USERNAME_FIELD = "nik"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    is_superuser = False  # nobody is above the grants; libraries that ask hear no

    class Meta:
        verbose_name, verbose_name_plural = _("employee"), _("employees")
        ordering = ("nik",)
        permissions = [
            ("unlock_employee", _("Can unlock a login")),
            ("reset_pin", _("Can reset a PIN")),
            ("export_employee", _("Can export employees")),
            ("import_employee", _("Can import employees")),
        ]
        indexes = [
            # The directory's sorts and filters, and its search.
            models.Index("name", "id", name="employee_name_id"),
            models.Index("job_title", "id", name="employee_job_id"),
            models.Index("status", "nik", name="employee_status_nik"),
            models.Index("branch_office", "nik", name="employee_office_nik"),
            models.Index("division", "nik", name="employee_division_nik"),
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("nik"), name="gin_trgm_ops"),
                name="employee_search",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(nik__regex=r"^\d{5,16}$"), name="employee_nik_is_digits"),
            models.CheckConstraint(
                condition=Q(store__isnull=False, branch_office__isnull=True)
                | Q(store__isnull=True, branch_office__isnull=False),
                name="employee_has_one_place",
                violation_error_message=_("Choose a store or a branch office, exactly one of them."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nik} {self.name}"

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # the status decides, in one place
        return self.status == EmployeeStatus.ACTIVE

    @property
    def place(self) -> "Store | Branch":
        """Where the person works: a store or a branch office; the database knows that it is exactly one."""
        return self.store or self.branch_office  # type: ignore[return-value]

    @property
    def home_branch(self) -> Branch:
        return self.store.branch if self.store else self.branch_office  # type: ignore[return-value]

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.home_branch.time_zone)

    @cached_property
    def grants(self) -> list[Any]:
        """The person's grants that hold today, in the person's own time zone, each with what its role allows.

        One query a request, never kept for the next: whoever loses a role loses it at once.
        """
        today = timezone.now().astimezone(self.time_zone).date()
        full_name = Concat(F("content_type__app_label"), Value("."), F("codename"))
        allowed = Permission.objects.filter(group=OuterRef("group")).order_by().values_list(full_name)
        held = self.role_grants.filter(days__contains=today).annotate(permissions=ArraySubquery(allowed))
        named = held.select_related("group", "branch", "division").only(*GRANT_COLUMNS)
        return list(named.order_by("group__name", "id"))

    @property
    def role_names(self) -> set[str]:
        return {grant.group.name for grant in self.grants}

    @property
    def is_staff(self) -> bool:
        return self.is_active and not self.role_names.isdisjoint(ADMIN_ROLES)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What an open session is held against at each request: the PIN, and the series that ends sessions without it."""
        text = f"{self.password}:{self.session_series}"
        return salted_hmac("organization.session", text, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and perm in self.permissions

    def has_perms(self, perms: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(perm.startswith(f"{app_label}.") for perm in self.permissions)

    @cached_property
    def permissions(self) -> frozenset[str]:
        """`app.codename` of all that the roles in force today allow, whatever their scope."""
        return frozenset().union(*self.permissions_by_group.values())

    @cached_property
    def permissions_by_group(self) -> dict[int, frozenset[str]]:
        """What each role in force today allows: a permission reaches as far as the grants of the roles that hold it."""
        return {grant.group_id: frozenset(grant.permissions) for grant in self.grants}
