"""Writing XML 1.0 without any library that reads it."""

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even escaped."""


def document(root: str, content: Mapping[str, object]) -> bytes:
    """Write a document: objects nest, lists repeat their element, None is left out.

    Args:
        root: name of the outermost element.
        content: its members; names must be names of elements.
    """
    return f'<?xml version="1.0" encoding="UTF-8"?>{_element(root, content)}'.encode()


def _element(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        inner = "".join(_element(key, item) for key, item in value.items())
        return f"<{name}>{inner}</{name}>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(name, item) for item in value)
    return f"<{name}>{_text(value)}</{name}>"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_FORBIDDEN.sub("\ufffd", str(value)), {"\r": "&#13;"})
