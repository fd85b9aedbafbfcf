import re
import unicodedata

LONGEST = 120
_SEPARATORS = re.compile(r"[/\\:]")


def safe_name(name: str) -> str:
    """The file's own name for people to read: no folders, no signs that turn or hide letters. Never a path of ours."""
    last = _SEPARATORS.split(name)[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip(" .")
    stem, dot, suffix = shown.rpartition(".")
    return f"{stem[: LONGEST - len(suffix) - 1]}{dot}{suffix}" if stem else shown[:LONGEST] or "file"


def extension(name: str) -> str:
    """xlsx, in small letters; empty without one."""
    return name.rpartition(".")[2].lower() if "." in name else ""
