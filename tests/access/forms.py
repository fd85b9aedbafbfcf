"""A form of the admin as a browser sends it."""

from typing import Any

from django.forms import FileField, MultiWidget


def as_sent(form: Any, formsets: Any) -> dict[str, Any]:
    """What a browser posts when nothing of the page was touched."""
    sent: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if isinstance(bound.field, FileField):
            continue
        if isinstance(bound.field.widget, MultiWidget):
            widget: Any = bound.field.widget
            parts = zip(widget.widgets_names, widget.decompress(bound.initial), strict=True)
            sent |= {f"{bound.html_name}{name}": str(part or "") for name, part in parts}
            continue
        if isinstance(value, bool):
            sent |= {bound.html_name: "on"} if value else {}
        elif isinstance(value, list | tuple):
            sent[bound.html_name] = [getattr(item, "pk", item) for item in value]
        elif value is not None:
            sent[bound.html_name] = getattr(value, "pk", value)
    for inline in formsets:
        management = inline.formset.management_form
        sent |= {management.add_prefix(name): management[name].value() for name in management.fields}
        for row in inline.formset.initial_forms:
            sent |= {
                row[name].html_name: row[name].value() for name in row.fields if row[name].value() is not None
            }
    return sent
