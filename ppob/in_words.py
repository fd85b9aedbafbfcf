"""Amounts in Indonesian words, as letters of money have them beside the figure, whatever language the page is in."""

UNITS = (
    "",
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
)
POWERS = ((10**15, "kuadriliun"), (10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"))
LARGEST = 10**18


def in_words(amount: int) -> str:
    """1250000 → satu juta dua ratus lima puluh ribu. Raises ValueError from 10^18 on."""
    if abs(amount) >= LARGEST:
        raise ValueError(f"No words for {amount}")
    if amount < 0:
        return f"minus {in_words(-amount)}"
    return " ".join(_words(amount)) or "nol"


def rupiah_in_words(amount: int) -> str:
    return f"{in_words(amount)} rupiah"


def _words(amount: int) -> list[str]:
    for power, name in POWERS:
        if amount >= power:
            many, rest = divmod(amount, power)
            # One thousand alone has a word of its own, one million has not.
            said = ["seribu"] if many == 1 and power == 1000 else [*_words(many), name]
            return said + _words(rest)
    if amount >= 100:
        many, rest = divmod(amount, 100)
        return (["seratus"] if many == 1 else [UNITS[many], "ratus"]) + _words(rest)
    if amount >= 20:
        many, rest = divmod(amount, 10)
        return [UNITS[many], "puluh", *_words(rest)]
    if amount >= 12:
        return [UNITS[amount - 10], "belas"]
    return [UNITS[amount]] if amount else []
