from typing import Any

from core.jobs.results import forget_files
from core.models import ImportRun, Job


def work_of(person: Any) -> dict[str, Any]:
    """What the person let the portal do, and the tables they brought."""
    return {
        "jobs": list(
            Job.objects.filter(requested_by=person)
            .order_by("pk")
            .values("kind", "title", "state", "ended_at")
        ),
        "imports": list(
            ImportRun.objects.filter(uploaded_by=person)
            .order_by("pk")
            .values("resource", "file_name", "uploaded_at")
        ),
    }


def erase_work(person: Any) -> int:
    """Files and titles go; that there was work stays."""
    jobs = Job.objects.filter(requested_by=person)
    for job_id in jobs.exclude(result_path="").values_list("pk", flat=True):
        forget_files(job_id)
    runs = ImportRun.objects.filter(uploaded_by=person)
    runs.update(file_name="", preview=[], errors=[])
    return jobs.update(title="", result_path="", result_name="")
