"""Finds on a page what nobody translated: a source string shown as it is, or a sentence that is plainly English."""

import re
from functools import cache
from pathlib import Path

import django
from babel.messages.pofile import read_po
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUES = [
    *(ROOT / "locale").glob("id/LC_MESSAGES/*.po"),
    *Path(django.__file__).parent.glob("conf/locale/id/LC_MESSAGES/django.po"),
    *Path(django.__file__).parent.glob("contrib/a*/locale/id/LC_MESSAGES/*.po"),
]
# Words that stand in hardly any Indonesian sentence, a name or a code.
ENGLISH = re.compile(
    r"\b(the|and|of|are|with|your|you|this|that|please|search|filters?|select|loading|show|hide|from|by|not|"
    r"yes|save|delete|change|add|view|home|page|next|previous|close|cancel|error|failed|all|any)\b",
    re.IGNORECASE,
)
# Text that people read, and what a screen reader says. Codes, other languages and machines' own words are left out.
VISIBLE = """() => {
  const skip = ".material-symbols-outlined, script, style, noscript, code, pre, kbd, [translate=no], svg title, html :is([lang]), textarea";
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    const text = node.textContent.replace(/\\s+/g, " ").trim();
    if (text && !parent.closest(skip) && parent.checkVisibility({visibilityProperty: true})) seen.add(text);
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const e of document.querySelectorAll(`[${name}]`))
      if (e.getAttribute(name).trim() && !e.closest(skip)) seen.add(e.getAttribute(name).replace(/\\s+/g, " ").trim());
  return [document.title, ...seen];
}"""


@cache
def untranslated_sources() -> frozenset[str]:
    """Source strings that Indonesian says otherwise, and that are no other string's Indonesian.

    A letter alone is a person's initial, and no weekday's.
    """
    sources, words = set(), set()
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="id"):
                forms = [message.id] if isinstance(message.id, str) else list(message.id)
                said = [message.string] if isinstance(message.string, str) else list(message.string or [])
                words |= set(said)
                sources |= {
                    form
                    for form in forms
                    if len(form) > 1 and form not in said and "%" not in form and "{" not in form
                }
    return frozenset(" ".join(source.split()) for source in sources - words)


def english_on(page: Page) -> list[str]:
    """What is left in English on an Indonesian page."""
    texts: list[str] = page.evaluate(VISIBLE)
    found = [text for text in texts if text in untranslated_sources()]
    return found + [
        text for text in texts if text not in found and len(set(ENGLISH.findall(text.lower()))) > 1
    ]
