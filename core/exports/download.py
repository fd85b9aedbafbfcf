from collections.abc import AsyncIterator, Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from core.exports.asking import BLOCK, Asked, sha256_of


def download(asked: Asked, request: HttpRequest) -> StreamingHttpResponse:
    """The file at once, in blocks.

    It is written to a nameless file first: a fault half-way is a page that says so and not half a file, and the audit
    entry, with the number of rows and the digest, is there before the first byte leaves.
    """
    # Closed by the response.
    file: IO[bytes] = TemporaryFile(prefix="export-")  # noqa: SIM115
    try:
        rows = asked.write(file)
        size = file.seek(0, 2)
        asked.record(rows=rows, sha256=sha256_of(file))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return answer_with(file, request, size=size, name=asked.filename, content_type=asked.form.content_type)


def answer_with(
    file: IO[bytes], request: HttpRequest, *, size: int, name: str, content_type: str
) -> StreamingHttpResponse:
    """An open file as a download; the response closes it."""
    # Under ASGI Django would gather all of an ordinary iterator before it sends anything.
    blocks: Any = _blocks_async(file) if isinstance(request, ASGIRequest) else _blocks(file)
    response = StreamingHttpResponse(blocks, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Length"] = str(size)
    response["Cache-Control"] = "private, no-store"
    response._resource_closers.append(file.close)  # type: ignore[attr-defined]  # what FileResponse does
    return response


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


async def _blocks_async(file: IO[bytes]) -> AsyncIterator[bytes]:
    while block := await sync_to_async(file.read)(BLOCK):
        yield block
