import pytest

from tools.check_assets import FETCHES


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/x.js">',
        "<link rel=stylesheet href=//cdn.example/x.css>",
        "background: url('https://cdn.example/x.png')",
        '@import "https://cdn.example/x.css";',
        'fetch("https://api.example/")',
        'import { a } from "https://cdn.example/a.js"',
    ],
)
def test_a_fetch_from_another_machine_is_seen(text):
    assert any(pattern.search(text) for pattern in FETCHES)


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://www.geonames.org/">GeoNames</a>',
        '<svg xmlns="http://www.w3.org/2000/svg">',
        'fetch("/monitoring/machines/1/series/")',
        "// see https://tabler.io",
        "background: url(data:image/svg+xml;base64,AA)",
    ],
)
def test_links_namespaces_and_our_own_addresses_are_none(text):
    assert not any(pattern.search(text) for pattern in FETCHES)
