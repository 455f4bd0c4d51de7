"""JSON values that fit a JSON schema, or nearly."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.fuzz.draw import Draw

Schema = Mapping[str, Any]
Known = Mapping[str, Sequence[str]]
"""Texts that mean something to the receiver, by the name of the field; under "" those for any."""

_CHOICES: Final = ("anyOf", "oneOf", "allOf")
_DEPTH: Final = 6


def known_to(known: Known, name: str) -> Sequence[str]:
    """What means something under a name."""
    return known.get(name) or known[""]


def shaped(draw: Draw, schema: Schema, known: Known) -> Any:
    """A value that a schema describes, now and then with something in it that it does not."""
    return _Shaper(draw, schema.get("$defs", {}), known).value(schema, "", _DEPTH)


class _Shaper:
    def __init__(self, draw: Draw, shared: Mapping[str, Schema], known: Known) -> None:
        self._draw = draw
        self._shared = shared
        self._known = known

    def value(self, schema: Schema, name: str, depth: int) -> Any:
        """A value for the field of a name."""
        draw = self._draw
        if depth == 0 or draw.byte() % 16 == 15:
            return draw.json(list(schema.get("properties", ())) or ["id"], self._known[""], depth=2)
        chosen = self._chosen(schema)
        if chosen is not None:
            return self.value(chosen, name, depth - 1)
        if "enum" in schema:
            return draw.one_of(schema["enum"])
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                items = schema.get("items", {})
                return [self.value(items, name, depth - 1) for _ in range(draw.few())]
            case kind:
                return self._plain(schema, kind, name)

    def _chosen(self, schema: Schema) -> Schema | None:
        """What a schema stands for that names another one, or several to choose from."""
        if "$ref" in schema:
            return self._shared[str(schema["$ref"]).rpartition("/")[2]]
        choices = [one for kind in _CHOICES for one in schema.get(kind, ())]
        return self._draw.one_of(choices) if choices else None

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        draw, required = self._draw, schema.get("required", ())
        made = {
            name: self.value(one, name, depth - 1)
            for name, one in schema.get("properties", {}).items()
            if draw.below(8) < (7 if name in required else 3)
        }
        if draw.byte() % 16 == 15:
            made[draw.text()] = draw.json(["id"], self._known[""], depth=1)
        return made

    def _plain(self, schema: Schema, kind: object, name: str) -> Any:
        match kind:
            case "integer" | "number":
                return _number(self._draw, schema)
            case "boolean":
                return bool(self._draw.below(2))
            case "null":
                return None
        return schema["const"] if "const" in schema else self._text(name)

    def _text(self, name: str) -> str:
        """Mostly one that means something under this name."""
        if name in self._known and self._draw.byte() % 4:
            return self._draw.one_of(self._known[name])
        return self._draw.value(known_to(self._known, name))


def _number(draw: Draw, schema: Schema) -> float:
    """A number at the edge of what is allowed, or any."""
    least, most = schema.get("minimum", 0), schema.get("maximum", 100)
    edges = (least, most, (least + most) / 2, least - 1, most + 1, schema.get("default"), 1, 0.5)
    kind = draw.below(10)
    if kind < len(edges):
        chosen = edges[kind]
        return float(chosen) if isinstance(chosen, float) else int(chosen or 0)
    return int.from_bytes(draw.raw(draw.below(9)), signed=True)
