"""What every operation may answer besides what it was asked for: the one error shape, said once in the document."""

from typing import Any

ERROR = {
    "type": "object",
    "required": ["code", "message", "extra"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "extra": {"type": "object"}},
}
ANSWERS = {
    "400": "A parameter makes no sense.",
    "401": "No token, or one that is not valid.",
    "403": "No role allows it.",
    "404": "It is not there, or not in the scope.",
    "429": "Too many requests; Retry-After says how many seconds to wait.",
}


def add_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's post-processing."""
    result["components"].setdefault("schemas", {})["Error"] = ERROR
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for path in result["paths"].values():
        for operation in path.values():
            for status, description in ANSWERS.items():
                operation["responses"].setdefault(status, {"description": description, "content": content})
    return result
