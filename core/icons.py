"""Outline icons of the Tabler set as inline SVG, from the package that brings them."""

from functools import lru_cache
from importlib.resources import files
from xml.etree import ElementTree
from zipfile import ZipFile

NAMESPACE = "{http://www.w3.org/2000/svg}"


@lru_cache(maxsize=1)
def _archive() -> ZipFile:
    """Opened once: reading the directory of its six thousand icons takes 50 ms, which the package pays for each icon."""
    return ZipFile(files("tablericons").joinpath("tablericons.zip").open("rb"))


@lru_cache(maxsize=512)
def outline(name: str, size: int, css: str = "") -> str:
    """The icon as <svg>, `size` pixels wide and high, hidden from screen readers. Raises KeyError for one that is not there."""
    svg = ElementTree.fromstring(_archive().read(f"outline/{name}.svg"))  # noqa: S314  the package's own file
    for node in svg.iter():
        node.tag = node.tag.removeprefix(NAMESPACE)
    wanted = {"class": f"icon {css}".strip(), "aria-hidden": "true", "focusable": "false"}
    svg.attrib.update(wanted, width=str(size), height=str(size))
    return ElementTree.tostring(svg, encoding="unicode")
