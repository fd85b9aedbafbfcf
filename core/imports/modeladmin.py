"""The admin's door to imports: "Import" on the list, the template, the preview, the confirmation."""

import io
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from unfold.decorators import action

from core.imports import files, services
from core.imports.exceptions import ImportRefused
from core.imports.kinds import ImportKind
from core.modeladmin import GeraiModelAdmin
from core.models import ImportRun
from core.models.imports import ImportState
from core.models.jobs import JobState
from core.uploads import UploadRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDED_BADLY = (JobState.FAILED, JobState.CANCELLED)


class ImportingAdmin(GeraiModelAdmin):
    """A ModelAdmin whose objects can come as a table; `import_kind` says how."""

    import_kind: ClassVar[type[ImportKind]]
    actions_list = ("import_table",)

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_import"
        view = self.admin_site.admin_view
        return [
            path("import/template/", view(require_GET(self.import_template)), name=f"{name}_template"),
            path("import/current/", view(require_GET(self.import_current)), name=f"{name}_current"),
            path("import/<uuid:run>/", view(self.import_run), name=f"{name}_run"),
            *super().get_urls(),
        ]

    def has_import_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(self.import_kind.permission())

    @action(description=gettext_lazy("Import"), permissions=["import"], url_path="import", icon="upload")
    def import_table(self, request: HttpRequest) -> HttpResponse:
        """The page with the template and the file field; a file that passes the gate leads to its preview."""
        self._require(request)
        refusal = ""
        if request.method == "POST":
            file = request.FILES.get("file")
            try:
                if file is None or isinstance(file, list):
                    raise UploadRefused(_("Choose a file first."))
                run = services.begin_import(kind=self.import_kind, file=file, actor=request.user)
            except UploadRefused as error:
                refusal = str(error)
            else:
                return redirect(self._url("run"), run.pk)
        context = {"columns": self.import_kind.columns, "refusal": refusal}
        status = 400 if refusal else 200
        return self._page(request, "admin/import_upload.html", context, status=status)

    def import_template(self, request: HttpRequest) -> HttpResponse:
        self._require(request)
        return self._file(files.template(self.import_kind), "template")

    def import_current(self, request: HttpRequest) -> HttpResponse:
        """What the person sees in the list, in the columns of the template: imported as it is, it changes nothing."""
        self._require(request)
        kind = self.import_kind(request.user)
        target = io.BytesIO()
        rows = files.write_current(kind, kind.rows_now(), target)
        services.tell_of_file(kind=self.import_kind, actor=request.user, rows=rows, content=target.getvalue())
        return self._file(target.getvalue(), "data")

    def import_run(self, request: HttpRequest, run: UUID) -> HttpResponse:
        """The preview, or what became of it; confirmed by the digest that the page carries."""
        self._require(request)
        found = services.run_of(request.user, run, self.import_kind)
        if found is None:
            raise Http404
        if request.method == "POST":
            try:
                services.confirm_import(run=found, digest=request.POST.get("digest", ""), actor=request.user)
            except ImportRefused as error:
                self.message_user(request, str(error), messages.ERROR)
            return redirect(self._url("run"), found.pk)
        return self._page(request, "admin/import_run.html", self._told(found))

    def _told(self, run: ImportRun) -> dict[str, Any]:
        """The run as the page tells it."""
        failed = run.job is not None and run.job.state in ENDED_BADLY
        labels = {column.name: column.label for column in self.import_kind.columns}
        shown = [
            {**line, "changes": [(labels.get(name, name), old, new) for name, old, new in line["changes"]]}
            for line in run.preview
        ]
        counts = run.counts
        return {
            "run": run,
            "shown": shown,
            "more": max(0, counts.get("added", 0) + counts.get("changed", 0) - len(shown)),
            "errors_more": max(0, counts.get("errors", 0) - len(run.errors)),
            "is_open": run.state in (ImportState.READING, ImportState.APPLYING) and not failed,
            "has_failed": failed and run.state in (ImportState.READING, ImportState.APPLYING),
            "has_work": counts.get("added", 0) + counts.get("changed", 0) > 0,
            "upload_url": reverse(self._url()),
            "list_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
        }

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> TemplateResponse:
        title = _("Import: %(what)s") % {"what": self.opts.verbose_name_plural}
        frame = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "template_url": reverse(self._url("template")),
            "current_url": reverse(self._url("current")),
        }
        return TemplateResponse(request, template, {**frame, **context}, status=status)

    def _require(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _url(self, part: str = "") -> str:
        base = f"admin:{self.opts.app_label}_{self.opts.model_name}_import"
        return f"{base}_{part}" if part else f"{base}_table"

    def _file(self, content: bytes, what: str) -> HttpResponse:
        name = f"{self.opts.model_name}-{what}.xlsx"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(content, content_type=XLSX, headers=headers)
