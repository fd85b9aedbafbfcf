"""Finds on a page what is said in the other language: a source string or a plainly English sentence on an Indonesian page,
a translation on an English one."""

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
# What the demo's own data is called: branches, departments, work, accounts, and what somebody wrote.
DATA = frozenset(
    {
        "Administrator PPOB", "Akuntan", "Biller menggagalkan setelah menjawab sukses; uang agen dikembalikan.",
        "Deposit di biller", "Kantor Pusat", "Pajak", "Staf PPOB", "Store Support", "Umum",
    }
)  # fmt: skip
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
def catalogues() -> tuple[frozenset[str], frozenset[str]]:
    """All source strings, and all that Indonesian says of them, as they stand on a page.

    A letter alone is a person's initial, and no weekday's; what is filled in is not found by comparing.
    """
    sources: set[str] = set()
    words: set[str] = set()
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="id"):
                sources.update([message.id] if isinstance(message.id, str) else message.id)
                words.update([message.string] if isinstance(message.string, str) else message.string or [])
    return _plain(sources), _plain(words)


def _plain(texts: set[str]) -> frozenset[str]:
    return frozenset(
        " ".join(text.split()) for text in texts if len(text) > 1 and "%" not in text and "{" not in text
    )


@cache
def said_otherwise(language: str) -> frozenset[str]:
    """What stands on no page in `language`: the other's words that are not also its own."""
    sources, words = catalogues()
    return sources - words if language == "id" else words - sources - DATA


def foreign_on(page: Page, language: str) -> list[str]:
    """What the page says in the other language than `language`; of sentences that are filled in, only English ones."""
    texts: list[str] = page.evaluate(VISIBLE)
    foreign, own = said_otherwise(language), catalogues()[language == "id"]
    found = [
        text
        for text in texts
        if text in foreign or (text not in own and text[:1].lower() + text[1:] in foreign)
    ]
    if language == "id":
        found += [text for text in texts if text not in found and len(set(ENGLISH.findall(text.lower()))) > 1]
    return found
