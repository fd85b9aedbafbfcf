import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from core.models import Job

CHUNK = 1 << 18
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def result_response(request: HttpRequest, job: Job, path: Path) -> HttpResponseBase:
    """The file as something to keep, never to show: a browser that opens it all the same gives it no rights at all."""
    ending = job.result_name.rpartition(".")[2].lower()
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=job.result_name,
        content_type=TYPES.get(ending, "application/octet-stream"),
    )
    headers = dict(response.headers)
    answer: StreamingHttpResponse = response
    if isinstance(request, ASGIRequest):
        # Django would read a file that is not asynchronous into memory, all of it.
        answer = StreamingHttpResponse(_chunks(response.file_to_stream or path.open("rb")))
        for name, value in headers.items():
            answer[name] = value
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
    finally:
        file.close()
