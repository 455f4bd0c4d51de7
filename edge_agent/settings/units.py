"""Units that options are in where the file has others."""

MIB = 1 << 20


def ms(seconds: float) -> int:
    """Milliseconds, whole."""
    return round(seconds * 1000)


def around(picture_bytes: int) -> int:
    """How long a message with such a picture may be: Base64 takes a third more, and JSON a bit."""
    return picture_bytes * 3 // 2
