"""Acts on people or stores that ask first: one page for a selection in the list and for one object's own page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.exceptions import GeraiError
from core.modeladmin import GeraiModelAdmin
from organization.access import viewer_of
from organization.fresh_factor import require_fresh_factor

SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Act:
    """`carry_out(thing, form, actor)` calls a service and returns a line worth telling, or None.

    `together` makes it all or nothing; else one refusal does not stop the others.
    """

    title: Any
    question: Any
    verb: Any
    permission: str
    carry_out: Callable[[Any, forms.Form | None, Any], str | None]
    form_class: type[forms.Form] | None = None
    is_dangerous: bool = False
    needs_fresh_factor: bool = False  # it opens an account to whoever asks
    together: bool = False
    at_most: int = 200


def act_page(
    model_admin: GeraiModelAdmin, request: HttpRequest, chosen: QuerySet, act: Act, *, name: str
) -> HttpResponse | None:
    """Ask, and on "Ya" carry the act out. None lets the list show itself again, with the messages."""
    if not request.user.has_perm(act.permission):
        raise PermissionDenied
    things = list(chosen[: act.at_most + 1])
    if len(things) > act.at_most:
        model_admin.message_user(
            request, _("Choose at most %(n)d at a time.") % {"n": act.at_most}, messages.ERROR
        )
        return None
    within = [thing for thing in things if model_admin.reaches(request, thing, act.permission)]
    confirmed = request.method == "POST" and "confirmed" in request.POST
    if confirmed and act.needs_fresh_factor and (asking := require_fresh_factor(request)):
        return asking
    form = _form(act, request, bound=confirmed)
    valid = confirmed and (form is None or form.is_valid())
    if valid and _carry_out(model_admin, request, within, act, form):
        return None
    return TemplateResponse(
        request,
        "organization/admin/act.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "media": model_admin.media,
            "title": act.title,
            "act": act,
            "act_name": name,
            "form": form,
            "things": within[:SHOWN],
            "more": max(0, len(within) - SHOWN),
            "outside": len(things) - len(within),
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        },
    )


def act_on_one(
    model_admin: GeraiModelAdmin, request: HttpRequest, object_id: str, act: Act, *, name: str
) -> HttpResponse:
    """The same page from the object's own form; afterwards back to that form."""
    if model_admin.get_object(request, object_id) is None:
        return model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, object_id)
    options = model_admin.opts
    chosen = model_admin.get_queryset(request).filter(pk=object_id)
    page = act_page(model_admin, request, chosen, act, name=name)
    return page or redirect(f"admin:{options.app_label}_{options.model_name}_change", object_id)


def _form(act: Act, request: HttpRequest, *, bound: bool) -> forms.Form | None:
    if act.form_class is None:
        return None
    return act.form_class(request.POST if bound else None, actor=viewer_of(request))  # type: ignore[call-arg]


def _carry_out(
    model_admin: GeraiModelAdmin, request: HttpRequest, things: list[Any], act: Act, form: forms.Form | None
) -> bool:
    """Whether the page is done with; refusals of an act that goes together are shown in its form."""
    done, told, refused = 0, [], []
    with transaction.atomic():
        for thing in things:
            try:
                line = act.carry_out(thing, form, request.user)
            except GeraiError as error:
                refused.append(f"{thing}: {error}")
                if act.together:
                    break
            else:
                done += 1
                told += [line] if line else []
        if refused and act.together:
            transaction.set_rollback(True)
    for line in refused:
        model_admin.message_user(request, line, messages.ERROR)
    if refused and act.together:
        return False
    for line in told:
        model_admin.message_user(request, line, messages.WARNING)
    if done:
        text = ngettext("%(act)s: %(n)d done.", "%(act)s: %(n)d done.", done)
        model_admin.message_user(request, text % {"act": act.title, "n": done}, messages.SUCCESS)
    return True
