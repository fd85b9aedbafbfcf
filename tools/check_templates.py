"""Refuses in templates what the strict CSP would block in the browser, where nobody may notice it.

The admin's own templates are left out: unfold needs inline styles, and its pages have a policy of their own.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXEMPT = {"admin", "unfold", "import_export"}
RULES = {
    "inline style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "inline <style>": re.compile(r"<style\b", re.IGNORECASE),
    "inline <script>": re.compile(
        r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "inline event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on (evaluates)": re.compile(r"\shx-on[:\-=]", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "|safe or autoescape off": re.compile(r"\|\s*safe\b|autoescape\s+off"),
}
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """`text` with what matches replaced by as many lines of nothing, so that line numbers stay true."""
    return pattern.sub(lambda match: "\n" * match[0].count("\n"), text)


def faults_of(path: Path) -> list[str]:
    source = blanked(COMMENT, path.read_text(encoding="utf-8"))
    # A tag's own ">" (`{% if a > b %}`) must not look like the end of an element.
    markup = blanked(TAG, source)
    faults = []
    for rule, pattern in RULES.items():
        if rule.startswith("|safe") and path.suffix == ".txt":
            continue  # a mail in plain text has nothing to escape
        text = source if rule.startswith("|safe") else markup
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            faults.append(f"{path.relative_to(ROOT)}:{line}: {rule}")
    return faults


def main() -> int:
    templates = [
        path
        for path in sorted(ROOT.glob("templates/**/*"))
        if path.suffix in {".html", ".svg", ".txt"}
        and path.relative_to(ROOT / "templates").parts[0] not in EXEMPT
    ]
    faults = [fault for path in templates for fault in faults_of(path)]
    print("\n".join(faults) or f"{len(templates)} templates are clean")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
