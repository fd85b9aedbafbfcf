from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.modeladmin import ConstraintForm
from ppob.admin.plain import SwitchableAdmin
from ppob.forms import host_validator
from ppob.models import SftpSource
from ppob.reconciliation.sftp import SftpFailed, private_key


class SftpSourceForm(ConstraintForm):
    """The secret is typed in and never shown again."""

    constraint_fields = {"sftp_port_valid": "port"}
    new_secret = forms.CharField(
        label=_("Private key or password"),
        required=False,
        max_length=8_000,
        strip=False,
        widget=UnfoldAdminTextareaWidget({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "A private key without a passphrase, or a password. Left empty, the one that is kept stays."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if host := self.fields.get("host"):  # whoever may only read has no field
            host.validators.append(host_validator)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        secret: str = cleaned.get("new_secret") or ""
        if not secret and not self.instance.secret_sealed:
            self.add_error("new_secret", _("A source needs its secret."))
        if secret and cleaned.get("login_by") == SftpSource.LoginBy.KEY:
            try:
                private_key(secret)
            except SftpFailed as error:
                self.add_error("new_secret", str(error))
        return cleaned

    def _post_clean(self) -> None:
        secret = self.cleaned_data.get("new_secret")
        if secret:
            self.instance.secret = secret if "PRIVATE KEY" in secret else secret.rstrip("\r\n")
        super()._post_clean()  # type: ignore[misc]  # django-stubs leaves out what is private


@admin.register(SftpSource)
class SftpSourceAdmin(SwitchableAdmin):
    """Where a biller puts its files down. Its host key is compared by hand with what the biller says, then pinned."""

    form = SftpSourceForm
    list_display = ("biller", "address", "login_label", "checked_at", "fault_label", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("biller",)
    search_fields = ("biller__code", "host")
    sortable_by = ()
    ordering = ("biller__code",)
    autocomplete_fields = ("biller",)
    readonly_fields = ("checked_at", "fault_label")
    fieldsets = (
        (None, {"fields": ("biller", ("host", "port"), "is_active")}),
        (
            _("Login"),
            {
                "fields": (("user", "login_by"), "new_secret", "host_key"),
                "description": _("The host key is what the biller told us on another way. A server that shows another one is refused."),
            },
        ),
        (_("Files"), {"fields": (("folder", "pattern"), ("checked_at", "fault_label"))}),
    )  # fmt: skip

    @display(description=_("address"))
    def address(self, source: SftpSource) -> str:
        return str(source)

    @display(description=_("last fault"))
    def fault_label(self, source: SftpSource) -> str:
        return source.fault or "–"

    @display(description=_("logs in by"))
    def login_label(self, source: SftpSource) -> str:
        return source.get_login_by_display()

    def get_readonly_fields(self, request: HttpRequest, obj: SftpSource | None = None) -> tuple[str, ...]:
        return ("biller", *self.readonly_fields) if obj else self.readonly_fields
