"""The letters of our PDFs: which there are, how wide they are, and what stands in for one that is missing."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from core.exports.formula import plain

REGULAR, BOLD = "Regular", "Bold"
# DejaVu is Bitstream Vera with more letters: taken where the system has it, else Vera, which comes with ReportLab.
_FILES = {
    REGULAR: ("DejaVuSans.ttf", "Vera.ttf"),
    BOLD: ("DejaVuSans-Bold.ttf", "VeraBd.ttf"),
}
_FOLDERS = (
    Path("/usr/share/fonts/truetype/dejavu"),
    Path("/usr/share/fonts/dejavu-sans-fonts"),
    Path("/usr/share/fonts/TTF"),
    Path(reportlab.__file__).parent / "fonts",
)
MISSING = "?"
STAND_INS = {"→": "->", "←": "<-", "\u2212": "-", "\t": " ", "\u202f": " ", "\u2011": "-"}


@cache
def _registered(weight: str) -> TTFont:
    path = next(folder / name for name in _FILES[weight] for folder in _FOLDERS if (folder / name).exists())
    font = TTFont(f"Gerai-{weight}", str(path))
    pdfmetrics.registerFont(font)
    return font


class Face:
    """One weight. Widths are looked up, for ReportLab's own way is too slow for 50,000 rows."""

    def __init__(self, weight: str) -> None:
        font: Any = _registered(weight)
        self.name = font.fontName
        self._known: dict[int, int] = font.face.charToGlyph
        self._widths: dict[int, float] = font.face.charWidths
        self._default: float = font.face.defaultWidth
        self._fitted: dict[str, str] = {}

    def width(self, text: str, size: float) -> float:
        widths, default = self._widths, self._default
        return sum([widths.get(ord(letter), default) for letter in text]) * size / 1000

    def drawable(self, text: str) -> str:
        """The text in letters that this face has: without its accent, or a question mark, where it has not."""
        return "".join(
            [letter if ord(letter) in self._known else self._fit(letter) for letter in plain(text)]
        )

    def lines(self, text: str, width: float, size: float, at_most: int) -> list[str]:
        """The text in lines that fit, words kept whole where they can be; an ellipsis says that there was more."""
        found: list[str] = []
        for paragraph in map(self.drawable, text.splitlines() or [""]):
            if self.width(paragraph, size) <= width:
                found.append(paragraph)
            else:
                found += self._wrapped(paragraph, width, size, at_most + 1)
            if len(found) > at_most:
                last = found[at_most - 1]
                return [*found[: at_most - 1], f"{last[:-1] if len(last) > 1 else last}…"]
        return found

    def draw(self, canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
        canvas.setFont(self.name, size)
        canvas.drawString(x, y, text)

    def _wrapped(self, text: str, width: float, size: float, at_most: int) -> list[str]:
        lines, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if self.width(longer, size) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while self.width(line, size) > width and len(lines) < at_most:
                fits = self._letters_that_fit(line, width, size)
                lines.append(line[:fits])
                line = line[fits:]
            if len(lines) >= at_most:
                return lines
        return [*lines, line]

    def _letters_that_fit(self, text: str, width: float, size: float) -> int:
        room, fits = width * 1000 / size, 0
        for letter in text:
            room -= self._widths.get(ord(letter), self._default)
            if room < 0:
                break
            fits += 1
        return max(fits, 1)

    def _fit(self, letter: str) -> str:
        if letter not in self._fitted:
            bare = STAND_INS.get(letter) or unicodedata.normalize("NFKD", letter)
            kept = "".join(one for one in bare if ord(one) in self._known)
            invisible = unicodedata.category(letter) in {"Cc", "Cf", "Mn"}
            self._fitted[letter] = kept or ("" if invisible else MISSING)
        return self._fitted[letter]
