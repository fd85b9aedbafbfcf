"""A person's own inbox, its bell and what of it goes by e-mail."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, View
from django_htmx.http import trigger_client_event

from core.access import ANY_EMPLOYEE, PersonRequest, PortalView
from core.exports import ExportableListView
from core.lists import Sort
from notifications import mail, selectors, services
from notifications.exports import INBOX
from notifications.filters import InboxFilter
from notifications.forms import PreferencesForm
from notifications.models import Notification


class InboxView(ExportableListView):
    permission = ANY_EMPLOYEE
    export = INBOX
    filterset_class = InboxFilter
    template_name = "notifications/inbox.html"
    rows_template = "notifications/_rows.html"
    empty_template = "notifications/_empty.html"
    sorts = (Sort(key="time", label=gettext_lazy("Time"), field="created_at", descending_first=True),)

    def get_queryset(self) -> QuerySet[Notification]:
        return selectors.notifications_of(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        # What comes after this page was made, nobody has seen on it.
        return super().get_context_data(**context) | {"seen_at": timezone.now().isoformat()}


class OwnNotificationView(PortalView, View):
    """Base of what is done with one of the person's own; somebody else's is not found."""

    permission = ANY_EMPLOYEE

    @property
    def note(self) -> Notification:
        return get_object_or_404(selectors.notifications_of(self.request.user), pk=self.kwargs["pk"])


@method_decorator(never_cache, name="dispatch")
class OpenView(OwnNotificationView):
    """Where the inbox, the bell and e-mails lead: marks it as read and goes to what it is about."""

    def get(self, request: PersonRequest, pk: int) -> HttpResponse:
        note = self.note
        # A browser that fetches ahead has shown it to nobody yet.
        if "prefetch" not in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
            services.mark_read(notification=note, actor=request.user)
        return redirect(note.url if services.is_local(note.url) else reverse("notifications:inbox"))


class MarkReadView(OwnNotificationView):
    def post(self, request: PersonRequest, pk: int) -> HttpResponse:
        note = self.note
        services.mark_read(notification=note, actor=request.user)
        if getattr(request, "htmx", False):
            return _with_count(request, render(request, "notifications/_row.html", {"note": note}))
        return redirect(_back(request))


class MarkAllReadView(PortalView, View):
    permission = ANY_EMPLOYEE

    def post(self, request: PersonRequest) -> HttpResponse:
        count = services.mark_all_read(actor=request.user, through=_moment(request.POST.get("through", "")))
        if count:
            text = ngettext(
                "%(n)d notification marked as read.", "%(n)d notifications marked as read.", count
            )
            messages.success(request, text % {"n": count})
        else:
            messages.info(request, _("Everything was read already."))
        return redirect(_back(request))


class LatestView(PortalView, View):
    """What the bell unfolds."""

    permission = ANY_EMPLOYEE

    def get(self, request: PersonRequest) -> HttpResponse:
        return render(request, "notifications/_latest.html", {"notes": selectors.latest_of(request.user)})


@method_decorator(never_cache, name="dispatch")
class NewsView(PortalView, View):
    """How many are unread, and what one of them says: asked for by a page that heard that there is news."""

    permission = ANY_EMPLOYEE

    def get(self, request: PersonRequest) -> JsonResponse:
        asked = _whole(request.GET.get("id", ""))
        note = asked and selectors.unread_of(request.user).filter(pk=asked).first()
        return JsonResponse(
            {
                "unread": selectors.unread_count_of(request.user),
                "note": {"text": note.text, "tone": note.told.tone} if note else None,
            }
        )


class PreferencesView(PortalView, FormView):
    permission = ANY_EMPLOYEE
    form_class = PreferencesForm
    template_name = "notifications/preferences.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"mail_is_on": mail.is_on()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return selectors.mail_preferences_of(self.request.user)

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        if services.set_mail_preferences(actor=self.request.user, by_mail=form.cleaned_data):
            messages.success(self.request, _("Your choice is saved."))
        else:
            messages.info(self.request, _("Nothing was changed."))
        return redirect("notifications:preferences")


def _with_count(request: PersonRequest, response: HttpResponse) -> HttpResponse:
    """The bell of the same page counts along."""
    count = selectors.unread_count_of(request.user)
    return trigger_client_event(response, "gerai:unread", {"unread": count})


def _back(request: HttpRequest) -> str:
    """The list as it was filtered, and no other place."""
    inbox = reverse("notifications:inbox")
    back = request.POST.get("next", "")
    is_inbox = back == inbox or back.startswith(f"{inbox}?")
    return back if is_inbox and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else inbox


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None
