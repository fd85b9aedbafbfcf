import pytest

from tools import check_templates


@pytest.fixture
def faults(tmp_path, monkeypatch):
    monkeypatch.setattr(check_templates, "ROOT", tmp_path)

    def of(markup: str) -> list[str]:
        path = tmp_path / "page.html"
        path.write_text(markup)
        return check_templates.faults_of(path)

    return of


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ('<p class="a" style="color: red">', "inline style attribute"),
        ("<style>p {}</style>", "inline <style>"),
        ("<script>alert(1)</script>", "inline <script>"),
        ('<button\n  onclick="go()">', "inline event handler"),
        ('<div hx-on:click="go()">', "hx-on (evaluates)"),
        ('<a href="javascript:go()">', "javascript: address"),
        ("{{ name|safe }}", "|safe or autoescape off"),
        ('<p {% if a > b %}class="x"{% endif %} style="">', "inline style attribute"),
    ],
)
def test_what_the_policy_blocks_is_refused(faults, markup, rule):
    assert [fault.split(": ", 1)[1] for fault in faults(markup)] == [rule]


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="{% static "js/live.js" %}" defer></script>',
        '<script type="application/json" id="data">{}</script>',
        '{# <p style=""> #}{% comment %}<style></style>{% endcomment %}<!-- onclick="" -->',
        '<div data-style="x" class="onward">{% if 3 > 2 %}on fire{% endif %}</div>',
    ],
)
def test_what_the_policy_allows_passes(faults, markup):
    assert faults(markup) == []


def test_a_fault_names_its_line(faults):
    assert faults("<p>\n{# a\nb #}\n<p style=''>")[0].startswith("page.html:4:")
