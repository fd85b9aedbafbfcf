from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.modeladmin import ConstraintForm
from ppob.admin.plain import NationalAdmin
from ppob.models import AccountCode, TaxRate


class AccountCodeForm(ConstraintForm):
    constraint_fields = {
        "account_code_of_kind_once": "kind",
        "account_code_of_biller_once": "biller",
        "account_code_of_a_billers_account": "biller",
    }


@admin.register(AccountCode)
class AccountCodeAdmin(NationalAdmin):
    """What the journal calls our accounts. Whose code it is is said once; the code changes for journals made from then on."""

    form = AccountCodeForm
    list_display = ("kind_label", "biller", "code", "name")
    list_filter = ("kind",)
    list_select_related = ("biller",)
    search_fields = ("code", "name")
    sortable_by = ()
    ordering = ("kind", "biller", "id")
    autocomplete_fields = ("biller",)
    fields = (("kind", "biller"), ("code", "name"))

    @display(description=_("kind"))
    def kind_label(self, code: AccountCode) -> str:
        return code.get_kind_display()

    def get_readonly_fields(self, request: HttpRequest, obj: AccountCode | None = None) -> tuple[str, ...]:
        return ("kind", "biller") if obj else ()


class TaxRateForm(ConstraintForm):
    constraint_fields = {"tax_base_is_a_part": "base_denominator", "tax_rate_is_a_percentage": "ppn"}


@admin.register(TaxRate)
class TaxRateAdmin(NationalAdmin):
    """Rates from a day on; the law's own stand in the code until a row here says otherwise."""

    form = TaxRateForm
    list_display = ("from_on", "base", "ppn", "pph", "note")
    search_fields = ("note",)
    sortable_by = ()
    ordering = ("-from_on",)
    fields = ("from_on", ("base_numerator", "base_denominator"), ("ppn", "pph"), "note")

    @display(description=_("tax base"))
    def base(self, rate: TaxRate) -> str:
        return f"{rate.base_numerator}/{rate.base_denominator}"

    def get_readonly_fields(self, request: HttpRequest, obj: TaxRate | None = None) -> tuple[str, ...]:
        return ("from_on",) if obj else ()
