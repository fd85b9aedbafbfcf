"""Requests that no page of ours sends, as scanners and broken programs do."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from tests.access.world import FORM

BIG = 99_999_999_999_999_999_999  # beyond int64
MEGABYTE = "A" * 1_000_000
KEYS = ("99999999999999999999", "9223372036854775808", "-1", "%00", "%ff%fe", "..%2f..%2fetc", "0x10", "NaN", "1e5",
        "%D9%A1", "_5F", "a" * 4000, "1%0d%0aX: y", "%27%20OR%201=1--", "00000000-0000-0000-0000-00000000000z")  # fmt: skip
VALUES = ("\x00", "a\x00b", str(BIG), "-1", "NaN", "Infinity", "1e999", "٣", "{{7*7}}", "' OR 1=1--", "[]", "{}", "\ud7ff",
          "2026-13-45", "[2026-01-01,", "😀" * 300, " " * 5000, "on", "None", "../../etc/passwd")  # fmt: skip
RAW = ("%00", "%ff%fe", "%c3%28", "%ed%a0%80", "+", "%", "%zz", "a" * 20_000)
# What Django, its admin, unfold and import-export read by themselves.
ODD_NAMES = (
    "_connector", "_negated", "__class", "__class__", "pk__in", "id__exact", "id__in", "password__startswith", "nik__regex",
    "page", "p", "o", "ot", "all", "e", "c", "q", "sort", "size", "next", "_to_field", "_popup", "_changelist_filters",
    "_facets", "_selected_action", "action", "select_across", "index", "_save", "confirmed", "term", "app_label",
    "model_name", "field_name", "format", "id", "language", "role", "nik", "pin", "new_pin", "range", "through", "columns",
    "role_grants-TOTAL_FORMS", "role_grants-INITIAL_FORMS", "role_grants-0-id", "branch_history-TOTAL_FORMS",
    "state-TOTAL_FORMS", "facts-TOTAL_FORMS", "days_0", "days_1", "csrfmiddlewaretoken", "ordering", "limit", "cursor",
)  # fmt: skip


def _names() -> list[str]:
    models = [model for model in apps.get_models() if model.__module__.split(".")[0] not in ("django",)]
    fields = {item.name for model in models for item in model._meta.get_fields()}
    return sorted(fields | set(ODD_NAMES))


@dataclass(frozen=True)
class BadRequest:
    kind: str
    method: str
    url: str
    body: bytes = b""
    content_type: str = FORM
    headers: dict[str, str] = field(default_factory=dict)


def bad_requests(
    url: str, url_with: Callable[[str], str] | None, chance: random.Random
) -> Iterator[BadRequest]:
    """Every kind once for this address. `url_with` puts another text in the place of the object's key."""
    names = _names()

    def some(count: int) -> list[str]:
        return chance.sample(names, count)

    def value() -> str:
        return chance.choice(VALUES)

    pairs = [(name, value()) for name in some(12)]
    get, post = ("GET", "POST")
    yield BadRequest("odd parameters", get, _with(url, pairs))
    yield BadRequest(
        "odd filters", get, _with(url, [(f"{name}__{chance.choice(LOOKUPS)}", value()) for name in some(3)])
    )
    yield BadRequest("one odd parameter", get, _with(url, [(chance.choice(ODD_NAMES), value())]))
    yield BadRequest("another odd parameter", get, _with(url, [(chance.choice(ODD_NAMES), value())]))
    yield BadRequest(
        "raw bytes", get, f"{url}?{chance.choice(ODD_NAMES)}={chance.choice(RAW)}&q={chance.choice(RAW)}"
    )
    yield BadRequest(
        "broken cursor", get, f"{url}?c={'gAAAA' + 'B' * chance.randint(0, 90)}&sort={value()!r}&size=-1"
    )
    yield BadRequest(
        "page",
        get,
        f"{url}?page={chance.choice((-1, 0, BIG, 'x'))}&p={chance.choice((-1, BIG, 'x'))}&o=9.-9..x",
    )
    yield BadRequest("the same key often", get, f"{url}?{'&'.join(f'q={n}&id={BIG}' for n in range(200))}")
    yield BadRequest("too many keys", get, f"{url}?{'&'.join(f'k{n}=1' for n in range(1500))}")
    if url_with:
        for key in chance.sample(KEYS, 3):
            yield BadRequest("key", chance.choice((get, get, post)), url_with(key))
    yield BadRequest("form", post, url, _form([*pairs, ("_save", "1")]))
    yield BadRequest("form of odd names", post, url, _form([(name, value()) for name in ODD_NAMES]))
    yield BadRequest("form of NUL", post, url, _form([(name, "\x00") for name in names]))
    yield BadRequest("form of int64", post, url, _form([(name, str(BIG)) for name in names]))
    yield BadRequest(
        "bad UTF-8", post, url, b"&".join(b"%s=%%ff\xfe\xff" % name.encode() for name in some(20))
    )
    yield BadRequest("megabyte", post, url, _form([(chance.choice(names), MEGABYTE), ("name", MEGABYTE)]))
    yield BadRequest("too many fields", post, url, b"&".join(b"f%d=1" % n for n in range(1200)))
    yield BadRequest("formsets", post, url, _form([(name, str(BIG)) for name in names if "FORMS" in name]))
    yield BadRequest("action", post, url, _form(
        [("action", chance.choice(("freeze_selected", "move_selected", "try_again", "__init__", "\x00"))),
         ("_selected_action", value()), ("_selected_action", str(BIG)), ("select_across", "x"), ("index", "x")]))  # fmt: skip
    yield BadRequest("deep JSON", post, url, b"[" * 10_000, "application/json")
    yield BadRequest(
        "odd JSON", chance.choice((post, "PUT", "PATCH")), url, _json(chance, names), "application/json"
    )
    yield BadRequest("broken multipart", post, url, b"--x\r\nContent-Disposition: form-data; name=\"a\x00\"; filename=\"\x00\"",
                     "multipart/form-data; boundary=x")  # fmt: skip
    yield BadRequest("multipart without boundary", post, url, b"abc", "multipart/form-data")
    yield BadRequest("odd content type", post, url, b"a=b", chance.choice(
        ("text/xml; charset=nonsense", "application/x-www-form-urlencoded; charset=utf-7x", "\u00ff", "a" * 5000, "")))  # fmt: skip
    yield BadRequest("upload", post, url, _upload(chance), "multipart/form-data; boundary=x")
    for method in chance.sample(
        ("HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "FOO", "get", "PUT", "PATCH", "DELETE"), 2
    ):
        yield BadRequest(f"method {method}", method, url, _form(pairs))
    for header, odd in chance.sample(HEADERS, 4):
        yield BadRequest(f"header {header}", chance.choice((get, get, post)), url, headers={header: odd})


LOOKUPS = (
    "exact",
    "in",
    "gt",
    "regex",
    "isnull",
    "range",
    "year",
    "contains",
    "startswith__x",
    "password__startswith",
)
HEADERS = (
    ("HTTP_ACCEPT_LANGUAGE", "xx-" + "a" * 5000), ("HTTP_ACCEPT_LANGUAGE", "id;q=NaN,\x00,*;q=-1"),
    ("HTTP_ACCEPT_LANGUAGE", ",".join(["en"] * 3000)), ("HTTP_HOST", "evil.example"), ("HTTP_HOST", "[::1"),
    ("HTTP_HOST", "a b\x00"), ("HTTP_HOST", "localhost:99999999"), ("HTTP_X_FORWARDED_FOR", "not an address, \x00"),
    ("HTTP_X_FORWARDED_FOR", ",".join(["1.2.3.4"] * 2000)), ("HTTP_X_FORWARDED_HOST", "evil.example"),
    ("REMOTE_ADDR", ""), ("REMOTE_ADDR", "unix:"), ("REMOTE_ADDR", "fe80::1%eth0"), ("HTTP_COOKIE", "a=" + "b" * 60_000),
    ("HTTP_COOKIE", "; ".join(f"c{n}=1" for n in range(800))), ("HTTP_COOKIE", "sessionid=\x00; django_language=\x00"),
    ("HTTP_COOKIE", "sessionid=" + "x" * 5000), ("HTTP_COOKIE", 'sessionid="; messages=[["__json_message",0,99,"x"]]'),
    ("HTTP_COOKIE", "login_nik=::::; theme=\"'<script>; django_language=../../x; messages=\x00"),
    ("HTTP_COOKIE", "\u00ff=\u00fe; =; ;;"), ("HTTP_IF_MODIFIED_SINCE", "Sat, 99 Foo 99999 99:99:99 GMT"),
    ("HTTP_RANGE", "bytes=9-1,-,x"), ("HTTP_HX_REQUEST", "true\x00"), ("HTTP_HX_TARGET", "list\x00"),
    ("HTTP_HX_CURRENT_URL", "http://[::1"), ("HTTP_HX_CURRENT_URL_URI_AUTOENCODED", "yes"),
    ("HTTP_X_HTTP_METHOD_OVERRIDE", "DELETE"), ("HTTP_USER_AGENT", "\x00" + "U" * 9000), ("HTTP_USER_AGENT", "Windows\ud7ff"),
    ("HTTP_X_REQUEST_ID", "x" * 3000 + "\x00"), ("HTTP_X_REQUEST_ID", "{'a': 1}\r\nX: y"), ("HTTP_REFERER", "http://[::1"),
    ("HTTP_ORIGIN", "null"), ("HTTP_ORIGIN", "http://[::1"), ("HTTP_AUTHORIZATION", "Token \x00\u00ff"),
    ("HTTP_AUTHORIZATION", "Basic ????"), ("CONTENT_LENGTH", "abc"), ("CONTENT_LENGTH", "-5"), ("HTTP_ACCEPT", "\x00;;q=x"),
    ("HTTP_ACCEPT_ENCODING", "gzip;q=NaN"), ("HTTP_X_FORWARDED_PROTO", "\x00"), ("HTTP_IF_NONE_MATCH", '"' * 999),
)  # fmt: skip


def _with(url: str, pairs: list[tuple[str, str]]) -> str:
    return f"{url}?{_form(pairs).decode()}"


def _form(pairs: list[tuple[str, str]]) -> bytes:
    from urllib.parse import urlencode

    return urlencode(pairs, errors="replace").encode()


def _json(chance: random.Random, names: list[str]) -> bytes:
    content: Any = chance.choice(
        (
            None,
            0,
            "x",
            [],
            [[]],
            {"": ""},
            {name: {"$gt": ""} for name in names[:9]},
            dict.fromkeys(names, BIG),
        )
    )
    return json.dumps(content).encode().replace(b'""', b"NaN", 1)


def _upload(chance: random.Random) -> bytes:
    name = chance.choice(names := ("file", "picture", "import_file", "upload"))
    assert name in names
    content = chance.choice(
        (b"", b"\x00" * 100, b"PK\x03\x04" + b"\xff" * 50, b"<svg onload=alert(1)>", b"=1+1,\x00\r\n")
    )
    filename = chance.choice(("a.xlsx", "../../x.csv", "\u202excod.png", "x" * 400 + ".xlsx", ""))
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: text/csv\r\n\r\n'
    return head.encode() + content + b"\r\n--x--\r\n"
