from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from core.access import ANY_EMPLOYEE, PortalView
from core.audit.access import PERMISSION, may_read_trail
from core.audit.jobs import CHECK
from core.exports import ExportableListView
from core.jobs.downloads import result_response
from core.jobs.exceptions import JobRefused, UnknownJobKind
from core.jobs.exporting import JOBS
from core.jobs.filters import JobFilter
from core.jobs.registry import job_kind
from core.jobs.repair import KEPT_DAYS
from core.jobs.results import path_of
from core.jobs.selectors import jobs_of, states_of
from core.jobs.services import cancel_job, may_be_repeated, retry_job, start_job
from core.lists import Sort
from core.models import Job

MOST_ASKED = 100


@method_decorator(never_cache, name="dispatch")
class JobListView(ExportableListView):
    """The person's own jobs, newest first."""

    permission = ANY_EMPLOYEE
    export = JOBS
    filterset_class = JobFilter
    sorts = (Sort(key="asked", label=gettext_lazy("Asked for"), field="created_at", descending_first=True),)
    template_name = "core/job_list.html"
    rows_template = "core/_job_rows.html"
    empty_template = "core/_job_empty.html"

    def get_queryset(self) -> QuerySet[Job]:
        return jobs_of(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"may_check_trail": may_read_trail(self.request.user)}


class OwnJobView(PortalView, View):
    """Base: a job of somebody else is not there."""

    permission = ANY_EMPLOYEE

    def job(self) -> Job:
        return get_object_or_404(jobs_of(self.request.user), pk=self.kwargs["pk"])


@method_decorator(never_cache, name="dispatch")
class JobDetailView(OwnJobView):
    """One job: how far it is, how it ended, its file."""

    def get(self, request: Any, pk: UUID) -> HttpResponse:
        job = self.job()
        context = {
            "job": job,
            "has_file": path_of(job) is not None,
            "may_download": may_have_file(job, request.user),
            "may_repeat": may_be_repeated(job),
            "kept_until": job.ended_at and job.ended_at + timedelta(days=KEPT_DAYS),
        }
        is_fragment = request.htmx and request.htmx.target == "job"
        return render(request, "core/_job.html" if is_fragment else "core/job_detail.html", context)


class JobStatesView(PortalView, View):
    """How far these jobs are, for pages without a websocket."""

    permission = ANY_EMPLOYEE

    def get(self, request: Any) -> JsonResponse:
        return JsonResponse({"jobs": states_of(request.user, request.GET.getlist("id")[:MOST_ASKED])})


class JobActionView(OwnJobView):
    """Base of what a button does; the job's page says how it went."""

    http_method_names = ["post"]
    done: Any = ""  # said when it went well

    def act(self, job: Job) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        job = self.job()
        try:
            self.act(job)
        except JobRefused as refused:
            messages.error(request, str(refused))
        except UnknownJobKind:
            messages.error(request, _("The portal does not know this kind of job any more."))
        else:
            messages.success(request, self.done)
        return redirect("jobs:detail", job.pk)


class JobCancelView(JobActionView):
    done = gettext_lazy("The job is being stopped.")

    def act(self, job: Job) -> None:
        cancel_job(job, actor=self.request.user)


class JobRetryView(JobActionView):
    done = gettext_lazy("The job starts again.")

    def act(self, job: Job) -> None:
        retry_job(job, actor=self.request.user)


class JobDownloadView(OwnJobView):
    """The file, for whoever asked for the job and may still see what is in it."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        job = self.job()
        path = path_of(job)
        if path is None:
            raise Http404
        if not may_have_file(job, request.user):
            raise PermissionDenied
        return result_response(request, job, path)


class AuditCheckView(PortalView, View):
    """Have the audit trail checked."""

    permission = PERMISSION
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not may_read_trail(request.user):
            raise PermissionDenied
        try:
            job = start_job(CHECK, actor=request.user)
        except JobRefused as refused:
            messages.error(request, str(refused))
            return redirect("jobs:list")
        return redirect("jobs:detail", job.pk)


def may_have_file(job: Job, person: Any) -> bool:
    """The right that the job needed is needed for its file too; of a kind that is gone nobody can tell."""
    try:
        return job_kind(job.kind).is_allowed(person, job.params)
    except UnknownJobKind:
        return False
