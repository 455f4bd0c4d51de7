"""Small whole numbers as they are written in English and Chinese."""

_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_LOOSE = {"a": 1, "an": 1, "couple": 2, "a couple of": 2, "half": 0.5, "半": 0.5, "几": 3, "few": 3}
_ZH = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "\u3007": 0}
_TEN = 10

NUMBER_EN = r"(?:\d{1,3}|a couple of|an?|few|half|" + "|".join(reversed(_EN)) + ")"
"""Pattern of a number in English text."""

NUMBER_ZH = r"(?:\d{1,3}|[零一二两三四五六七八九十半几]{1,3})"
"""Pattern of a number in Chinese text."""


def number(text: str) -> float | None:
    """Read digits, English words up to twenty, or Chinese numerals up to 99; None for others."""
    text = text.strip()
    if text.isdecimal():
        return float(text)
    if text in _LOOSE:
        return _LOOSE[text]
    if text in _EN:
        return float(_EN.index(text))
    return _chinese(text)


def _chinese(text: str) -> float | None:
    tens, ten, ones = text.rpartition("十")
    if any(sign not in _ZH for sign in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return None
    if not ten:
        return float(_ZH[ones]) if ones else None
    return float((_ZH[tens] if tens else 1) * _TEN + (_ZH[ones] if ones else 0))
