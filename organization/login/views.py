from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from core.access import ANY_EMPLOYEE, PortalView
from core.addresses import client_address
from organization.fresh_factor import mark_fresh
from organization.login import cards, doorstep, first_admin, selectors, services
from organization.login.exceptions import (
    Locked,
    LoginRefused,
    LookUpFailed,
    TooManyLookUps,
    WrongPin,
)
from organization.login.forms import ChangePinForm, NewPinForm, NikForm, PinForm

_STATUS: dict[type[LoginRefused], int] = {Locked: 429, TooManyLookUps: 429, LookUpFailed: 503}

_door = [
    method_decorator(never_cache, name="dispatch"),
    method_decorator(sensitive_post_parameters(), name="dispatch"),
    # A reserved attempt is committed before the hash is computed, even where every request is a transaction.
    method_decorator(transaction.non_atomic_requests, name="dispatch"),
]


def _is_door(view: type[View]) -> type[View]:
    for decorate in _door:
        view = decorate(view)
    return view


class LoginFormView(FormView):
    """A page of the login: a refusal stands beside its field, and the page says so by its status too."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=doorstep.safe_next(self.request), **kwargs)

    def refused(self, form: Form, field: str, refusal: LoginRefused) -> HttpResponse:
        form.add_error(field, str(refusal))
        if isinstance(refusal, WrongPin) and refusal.locked:
            form.add_error(field, str(refusal.locked))
        response = self.form_invalid(form)
        response.status_code = _STATUS.get(type(refusal), 200)
        return response


class _OnlyStrangers:
    """Who is in already goes on."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(doorstep.after_login(request, request.user))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # the view behind the mixin


@_is_door
class NikView(_OnlyStrangers, LoginFormView):
    """Step 1: who is it?"""

    form_class = NikForm
    template_name = "organization/login_nik.html"

    def form_valid(self, form: NikForm) -> HttpResponse:
        nik = form.cleaned_data["nik"]
        try:
            services.identify(
                nik=nik,
                address=client_address(self.request),
                device_token=doorstep.device_token(self.request),
            )
        except LoginRefused as refusal:
            return self.refused(form, "nik", refusal)
        response = redirect(doorstep.with_next("login:pin", doorstep.safe_next(self.request)))
        doorstep.remember_nik(response, nik)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cards=cards.role_cards(self.request), **kwargs)


@_is_door
class PinView(_OnlyStrangers, LoginFormView):
    """Step 2: is it their PIN?"""

    form_class = PinForm
    template_name = "organization/login_pin.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.nik = doorstep.remembered_nik(request)
        if not self.nik and not request.user.is_authenticated:
            return redirect(doorstep.with_next("login:nik", doorstep.safe_next(request)))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: PinForm) -> HttpResponse:
        try:
            person = services.check_pin(
                nik=self.nik,
                pin=form.cleaned_data["pin"],
                address=client_address(self.request),
                device_token=doorstep.device_token(self.request),
            )
        except LoginRefused as refusal:
            return self.refused(form, "pin", refusal)
        response = redirect(doorstep.after_login(self.request, person))
        doorstep.let_in(self.request, response, person, by="pin")
        mark_fresh(self.request)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nik=self.nik, person=selectors.person_shown(self.nik), **kwargs)


@_is_door
class NewPinView(PortalView, LoginFormView):
    """A new PIN: forced after a reset, or by one's own choice, which asks for the PIN that holds now."""

    permission = ANY_EMPLOYEE
    template_name = "organization/login_new_pin.html"

    def get_form_class(self) -> type[Form]:
        return NewPinForm if self.request.user.must_change_pin else ChangePinForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"nik": self.request.user.nik}

    def form_valid(self, form: NewPinForm) -> HttpResponse:
        person = self.request.user
        if "current_pin" in form.cleaned_data:
            try:
                services.check_pin(
                    nik=person.nik,
                    pin=form.cleaned_data["current_pin"],
                    address=client_address(self.request),
                    device_token=doorstep.device_token(self.request),
                )
            except LoginRefused as refusal:
                return self.refused(form, "current_pin", refusal)
        try:
            services.change_own_pin(person=person, pin=form.cleaned_data["new_pin"])
        except LoginRefused as refusal:
            return self.refused(form, "new_pin", refusal)
        update_session_auth_hash(self.request, person)
        messages.success(self.request, _("Your new PIN holds from now on."))
        return redirect(doorstep.after_login(self.request, person))


@_is_door
class FirstAdminView(LoginFormView):
    """The one-time link of `first_admin`: choose the PIN, and be in."""

    form_class = NewPinForm
    template_name = "organization/login_first_admin.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = first_admin.person_of_link(kwargs["token"])
        if person is None:
            return self.render_to_response({"person": None}, status=410)
        self.person = person
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"nik": self.person.nik}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.person, **kwargs)

    def form_valid(self, form: NewPinForm) -> HttpResponse:
        try:
            person = first_admin.spend_link(token=self.kwargs["token"], pin=form.cleaned_data["new_pin"])
        except LoginRefused as refusal:
            return self.refused(form, "new_pin", refusal)
        response = redirect("home")
        doorstep.let_in(self.request, response, person, by="first_admin")
        return response


@_is_door
class RoleCardView(View):
    """The demo's door: one click, and one is somebody of the cast. Outside the demo it is not there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        person = cards.person_of_card(request, request.POST.get("role", ""))
        if person is None:
            raise Http404
        response = redirect(doorstep.after_login(request, person))
        doorstep.let_in(request, response, person, by="role_card")
        return response


@_is_door
class LogoutView(View):
    """Clears the session and what the browser holds of it; that the browser is a known device stays."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        doorstep.let_out(request)
        response = redirect(reverse("login:nik"))
        doorstep.forget_session(response)
        return response
