"""Mistakes in the configuration, said so that somebody can mend them."""

import difflib
import typing
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from edge_agent.runtime.logs import redacted
from edge_agent.settings.document import Document, Key, dotted
from edge_agent.settings.secret import Secret

_OWN_WORDS = {
    "missing": "is required",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be text; put it in quotes",
    "list_type": "must be a list; begin each entry with a hyphen",
    "model_type": "must hold keys of its own, indented beneath it",
    "dict_type": "must hold keys of its own, indented beneath it",
}


def model_at(model: type[BaseModel], key: Key) -> type[BaseModel] | None:
    """The model of the section or list entry that `key` names; None for a plain value."""
    for part in key:
        if isinstance(part, int):
            continue
        known = model.model_fields.get(part)
        inner = None if known is None else section_in(known.annotation)
        if inner is None:
            return None
        model = inner
    return model


def section_in(annotation: object) -> type[BaseModel] | None:
    """The section an annotation holds, itself or as the entries of a list."""
    for candidate in _types_in(annotation):
        if issubclass(candidate, BaseModel):
            return candidate
    return None


def _types_in(annotation: object) -> Iterator[type]:
    """The classes an annotation is made of: `list[A] | None` holds A and None's."""
    inner = typing.get_args(annotation)
    if not inner and isinstance(annotation, type):
        yield annotation
    for candidate in inner:
        yield from _types_in(candidate)


def all_keys(model: type[BaseModel], before: Key = ()) -> Iterator[Key]:
    """Every key of the model, sections before what they hold, lists without positions."""
    for name, known in model.model_fields.items():
        yield (*before, name)
        inner = section_in(known.annotation)
        if inner is not None:
            yield from all_keys(inner, (*before, name))


def explain(error: ValidationError, document: Document, model: type[BaseModel]) -> list[str]:
    """One line for each thing the model does not accept."""
    lines = []
    for detail in error.errors(include_url=False):
        key = detail["loc"]
        if detail["type"] == "extra_forbidden":
            said = _unknown(key, model)
        else:
            said = _wrong(detail["type"], detail["msg"], key, detail["input"], model)
        lines.append(f"{document.place(key)}: {dotted(key)}: {said}")
    return lines


def _unknown(key: Key, model: type[BaseModel]) -> str:
    holder = model_at(model, key[:-1])
    siblings = [] if holder is None else list(holder.model_fields)
    name = str(key[-1])
    near = difflib.get_close_matches(name.lower(), siblings, n=1, cutoff=0.6)
    if near:
        return f"unknown key; did you mean {dotted((*key[:-1], near[0]))}?"
    elsewhere = [dotted(known) for known in all_keys(model) if known[-1] == name]
    if elsewhere:
        return f"unknown key here; it belongs to {' or '.join(elsewhere)}"
    return f"unknown key; there are: {', '.join(siblings)}"


def _wrong(kind: str, message: str, key: Key, value: object, model: type[BaseModel]) -> str:
    said = _OWN_WORDS.get(kind) or message.removeprefix("Value error, ")
    said = said.replace("Input should be", "must be", 1)
    if kind == "missing" or isinstance(value, (dict, list, Secret)) or is_secret(key, model):
        return said
    return (
        f"{redacted(repr(value))} {said if said.startswith('is ') else f'is not accepted: {said}'}"
    )


def is_secret(key: Key, model: type[BaseModel]) -> bool:
    """Whether the value at `key` must never be printed."""
    holder = model_at(model, key[:-1]) if key else None
    known = holder.model_fields.get(str(key[-1])) if holder is not None else None
    return known is not None and Secret in _types_in(known.annotation)
