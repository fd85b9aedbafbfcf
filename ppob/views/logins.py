"""The back office's own accounts. Each act that opens or shuts one asks for the PIN first."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exports import ExportableListView
from core.lists import Sort
from organization.choices import Role
from organization.fresh_factor import require_fresh_factor
from organization.selectors import today_of
from ppob import services
from ppob.access import PpobView
from ppob.choices import LoginState
from ppob.exports import LOGINS
from ppob.filters import LoginFilter
from ppob.forms import LoginAddForm, LoginChangeForm
from ppob.models import Login
from ppob.selectors.logins import logins_visible_to, state_of
from ppob.services.logins import DAY
from ppob.views.master import (
    MasterAddView,
    MasterChangeView,
    MasterDeleteView,
    MasterDetailView,
    Noun,
    OneThing,
)


class LoginNoun(Noun):
    noun, nouns = "login", pgettext_lazy("menu", "Back-office logins")
    permission = "ppob.change_login"

    def get_queryset(self) -> QuerySet[Login]:
        return logins_visible_to(self.request.user)


class LoginListView(PpobView, ExportableListView):
    permission = "ppob.view_login"
    filterset_class = LoginFilter
    export = LOGINS
    template_name = "ppob/login_list.html"
    rows_template = "ppob/_login_rows.html"
    sorts = (
        Sort(key="name", label=_("Name"), field="employee__name"),
        Sort(key="nik", label=_("NIK"), field="employee__nik"),
    )

    def get_queryset(self) -> QuerySet[Login]:
        return logins_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"today": today_of(self.request.user)}


class LoginDetailView(LoginNoun, MasterDetailView):
    permission = "ppob.view_login"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        login: Login = self.object
        today = today_of(self.request.user)
        context = {
            "today": today,
            "others": self.get_queryset().filter(employee=login.employee).order_by("-days"),
            "may_change": login.employee_id != self.request.user.pk
            and state_of(login, today) != LoginState.ENDED,
        }
        return super().get_context_data(**kwargs) | context


class OneLogin(OneThing):
    """Mixin: somebody else's login; nobody changes their own."""

    def _let_in(self) -> None:
        """Raises Http404 for no login, PermissionDenied for one's own."""
        if self.thing.employee_id == self.request.user.pk:
            raise PermissionDenied

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self._let_in()
        return super().get(request, *args, **kwargs)  # type: ignore[misc]  # the view behind the mixin

    @cached_property
    def name(self) -> str:
        return str(self.thing.employee.name)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Whoever may not change it is not asked for the PIN."""
        self._let_in()
        return require_fresh_factor(request) or super().post(request, *args, **kwargs)  # type: ignore[misc]  # the view behind the mixin


class LoginAddView(LoginNoun, MasterAddView):
    """Who it is and what will be given stands on a page that asks, for a NIK is a number that is easily mistyped."""

    permission = "ppob.add_login"
    form_class = LoginAddForm
    title = _("Add a login")

    def get_initial(self) -> dict[str, Any]:
        return {"from_on": today_of(self.request.user)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": today_of(self.request.user)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "back" in request.POST:
            # What was typed, once more: for a NIK that was somebody else's.
            return self.render_to_response(self.get_context_data(form=self.get_form()))
        if "confirmed" in request.POST and (asking := require_fresh_factor(request)):
            return asking
        return super().post(request, *args, **kwargs)

    def save(self, form: LoginAddForm) -> HttpResponse:
        if "confirmed" not in self.request.POST:
            return self._ask(form)
        role, person = Role(form.cleaned_data["role"]), form.person
        assert person is not None  # a form without a person is not valid
        grant = services.add_login(
            employee=person,
            role=role,
            from_on=form.cleaned_data["from_on"],
            until_on=form.cleaned_data["until_on"],
            actor=self.request.user,
        )
        told = _now("%(name)s is now %(role)s.") % {"name": person.name, "role": role.label}
        messages.success(self.request, told)
        return redirect(self.url_of(grant))

    def _ask(self, form: LoginAddForm) -> HttpResponse:
        context = {"person": form.person, "role": Role(form.cleaned_data["role"])}
        self.template_name = "ppob/login_confirm.html"
        return self.render_to_response(self.get_context_data(form=form, **context))


class LoginChangeView(LoginNoun, OneLogin, MasterChangeView):
    form_class = LoginChangeForm

    def get_initial(self) -> dict[str, Any]:
        days = self.thing.days
        return {"role": self.thing.group.name, "until_on": days.upper - DAY if days.upper else None}

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs() | {"today": today_of(self.request.user)}
        del kwargs["instance"]
        return kwargs

    def save(self, form: LoginChangeForm) -> HttpResponse:
        grant = services.change_login(
            login=self.thing,
            role=Role(form.cleaned_data["role"]),
            until_on=form.cleaned_data["until_on"],
            actor=self.request.user,
        )
        if grant is None:
            messages.info(self.request, _now("Nothing was changed."))
        else:
            messages.success(self.request, _now("Your changes are saved."))
        return redirect(self.url_of(grant or self.thing))


class LoginDeleteView(LoginNoun, OneLogin, MasterDeleteView):
    question = _("Delete the login of %(name)s?")
    consequence = _(
        "The PPOB back office is shut to this person at once. What they did stays in the audit trail, and their account of the portal stays."
    )
    done = _("The login of %(name)s has ended; its history stays.")

    def retire(self) -> None:
        services.end_login(login=self.thing, actor=self.request.user)
