"""Antrian suspect: what nobody knows the end of; and Pengecualian: what no balance could carry."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import FormView

from core.exports import ExportableListView
from core.lists import Sort
from ppob.access import PpobView
from ppob.exceptions import PpobError
from ppob.models import PostingException, Transaction
from ppob.report_exports import EXCEPTIONS, SUSPECTS
from ppob.report_filters import PostingExceptionFilter, SuspectFilter
from ppob.report_forms import CloseExceptionForm
from ppob.selectors.suspects import exceptions_visible_to, suspects_visible_to, with_advices, with_sales
from ppob.selectors.transactions import LARGEST_KEY, transaction_at
from ppob.services.advices import ask_advice
from ppob.services.posting_exceptions import close_exception


class SuspectListView(PpobView, ExportableListView):
    """Oldest first: what waits longest is asked about first."""

    permission = "ppob.view_transaction"
    export = SUSPECTS
    filterset_class = SuspectFilter
    template_name = "ppob/suspect_list.html"
    rows_template = "ppob/_suspect_rows.html"
    empty_template = "ppob/_suspect_empty.html"
    sorts = (Sort(key="time", label=_("Transaction time"), field="occurred_at"),)

    def get_queryset(self) -> QuerySet[Transaction]:
        return suspects_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"suspects": with_advices(context["list"].rows)}


class SuspectAskView(PpobView, View):
    permission = "ppob.add_advicerequest"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, at: int, pk: int) -> HttpResponse:
        viewer: Any = request.user
        sale = get_object_or_404(transaction_at(viewer, at=at, pk=pk))
        try:
            ask_advice(sale=sale, actor=viewer)
        except PpobError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request,
                gettext("The core is asked about %(noref)s; its answer comes here.") % {"noref": sale.noref},
            )
        return redirect("ppob:suspect-list")


class ExceptionListView(PpobView, ExportableListView):
    permission = "ppob.view_postingexception"
    export = EXCEPTIONS
    filterset_class = PostingExceptionFilter
    template_name = "ppob/exception_list.html"
    rows_template = "ppob/_exception_rows.html"
    empty_template = "ppob/_exception_empty.html"
    sorts = (Sort(key="found", label=_("Found"), field="created_at", descending_first=True),)

    def get_queryset(self) -> QuerySet[PostingException]:
        return exceptions_visible_to(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"exceptions": with_sales(context["list"].rows)}


class ExceptionCloseView(PpobView, FormView):
    """What it is about, and how it was settled."""

    permission = "ppob.change_postingexception"
    template_name = "ppob/exception_close.html"
    form_class = CloseExceptionForm
    http_method_names = ["get", "head", "post", "options"]

    @cached_property
    def exception(self) -> PostingException:
        pk = self.kwargs["pk"]
        visible = exceptions_visible_to(self.request.user)
        return get_object_or_404(visible if pk <= LARGEST_KEY else visible.none(), pk=pk)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.exception.closed_at:
            messages.info(request, gettext("It was closed already; nothing was changed."))
            return redirect("ppob:exception-list")
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # 404 before anything is said about the form.
        _there = self.exception
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: CloseExceptionForm) -> HttpResponse:
        try:
            close_exception(exception=self.exception, note=form.cleaned_data["note"], actor=self.request.user)
        except PpobError as refused:
            messages.info(self.request, str(refused))
        else:
            messages.success(self.request, gettext("The exception is closed."))
        return redirect("ppob:exception-list")

    def form_invalid(self, form: CloseExceptionForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        (exception,) = with_sales([self.exception])
        mine = {"exception": exception, "cancel_url": reverse("ppob:exception-list")}
        return super().get_context_data(**kwargs) | mine
