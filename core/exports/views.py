from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from core.access import ANY_EMPLOYEE
from core.exceptions import GeraiError
from core.exports.asking import Asked
from core.exports.download import download
from core.exports.formats import FORMATS, Format
from core.exports.spec import ExportSpec
from core.jobs import start_job
from core.lists import KeysetListView


class ExportableListView(KeysetListView):
    """A list that can be taken home: a POST to its address, filters and all, answers with the file or starts a job.

    A POST, for it leaves an entry in the audit trail. `export` says what is written.
    """

    export: ClassVar[ExportSpec]
    http_method_names = ["get", "head", "post", "options"]

    @classmethod
    def may_export(cls, person: Any) -> bool:
        """The list's permission and the export's own."""
        sees = cls.permission == ANY_EMPLOYEE or person.has_perm(cls.permission)
        return sees and (cls.export.permission is None or person.has_perm(cls.export.permission))

    @property
    def export_formats(self) -> list[Format]:
        """What the menu offers; nothing to whom it is not allowed."""
        return list(FORMATS.values()) if self.may_export(self.request.user) else []

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_export(request.user):
            raise PermissionDenied
        offered = {one.key: one for one in self.export_formats}
        form = offered.get(request.POST.get("format", ""))
        if form is None:
            raise SuspiciousOperation("No such format")
        try:
            asked = Asked(self, form)
            if asked.is_large:
                return redirect("jobs:detail", self._start(request, form).pk)
            return download(asked, request)
        except GeraiError as refused:
            messages.error(request, str(refused))
            return redirect(request.get_full_path())

    def _start(self, request: HttpRequest, form: Format) -> Any:
        params = {"path": request.path, "query": request.GET.urlencode(), "form": form.key}
        return start_job(
            "core.export", actor=request.user, params=params, title=f"{self.export.title} ({form.label})"
        )
