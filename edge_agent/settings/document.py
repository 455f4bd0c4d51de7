"""The configuration file and the environment as one nested value, each part with its place."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from edge_agent.domain.errors import Unusable

Key = tuple[str | int, ...]
"""Where a value stands: section and key names, list positions counted from 0."""

PREFIX = "EDGE_AGENT_"
_DEEPEST = 8


@dataclass(slots=True)
class Document:
    """What was written, before anybody has judged it.

    Attributes:
        values: nested mappings, lists and scalars.
        places: of each part, "<file>:<line>" or the variable it came from.
        problems: mistakes found so far, one line each.
    """

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[Key, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def place(self, key: Key) -> str:
        """Where `key`, or the innermost part around it that was written, stands."""
        while key and key not in self.places:
            key = key[:-1]
        return self.places.get(key, "configuration")


def dotted(key: Key) -> str:
    """The name of a key as messages show it: `cameras[0].url`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_file(path: Path) -> Document:
    """Read a YAML file; duplicate keys become problems of the document.

    Raises:
        Unusable: the file is missing, unreadable or not YAML.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise Unusable(
            f"no configuration at {path}; copy config/edge-agent.yaml there or name a file with"
            " --config"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"cannot read the configuration {path}: {error}") from error
    document = Document(places={(): str(path)})
    try:
        values = _values(text, document, path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error).replace("\n", " ")
        raise Unusable(f"{path}{line}: this is not YAML: {reason}") from error
    if not isinstance(values, dict):
        raise Unusable(f"{path}: must hold sections such as `box:` and `cameras:`")
    document.values = {name: value for name, value in values.items() if value is not None}
    return document


def _values(text: str, document: Document, path: Path) -> Any:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        return {} if node is None else _Walk(loader, document, path).value(node, ())
    finally:
        loader.dispose()


class _Walk:
    """Turns YAML nodes into values and notes the line of each."""

    def __init__(self, loader: yaml.SafeLoader, document: Document, path: Path) -> None:
        self._loader = loader
        self._document = document
        self._path = path

    def value(self, node: yaml.Node, key: Key) -> Any:
        self._document.places[key] = f"{self._path}:{node.start_mark.line + 1}"
        if len(key) > _DEEPEST:
            raise yaml.YAMLError("nested too deeply")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*key, number)) for number, item in enumerate(node.value)]
        return self._loader.construct_object(node, deep=True)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value)
            inner = (*key, name)
            if name in values:
                self._document.problems.append(
                    f"{self._path}:{name_node.start_mark.line + 1}: {dotted(inner)}: stands here"
                    f" a second time; the first is at {self._document.places[inner]}"
                )
                continue
            values[name] = self.value(value_node, inner)
            self._document.places[inner] = f"{self._path}:{name_node.start_mark.line + 1}"
        return values


def lay_environment_over(
    document: Document, environment: Mapping[str, str], *, verbatim: Callable[[Key], bool]
) -> None:
    """Let variables named EDGE_AGENT_<SECTION>__<KEY> win over the file.

    A position counts into a list: EDGE_AGENT_CAMERAS__0__PASSWORD. Values are read as YAML
    scalars, so `8080` is a number and `true` a switch; a name without a double underscore is none
    of ours.

    Args:
        document: takes the values, and a problem for each variable that fits nowhere.
        environment: names and values.
        verbatim: tells the keys whose text is taken as it is, such as passwords.
    """
    for variable in sorted(environment):
        name = variable.removeprefix(PREFIX)
        if name == variable or "__" not in name:
            continue
        key = tuple(int(part) if part.isdigit() else part.lower() for part in name.split("__"))
        text = environment[variable]
        problem = _put(document, key, text if verbatim(key) else _scalar(text))
        if problem is None:
            document.places[key] = variable
            for depth in range(1, len(key)):  # sections that the file does not have
                document.places.setdefault(key[:depth], variable)
        else:
            document.problems.append(f"{variable}: {dotted(key)}: {problem}")


def _put(document: Document, key: Key, value: object) -> str | None:
    holder: Any = document.values
    for part, following in itertools.pairwise(key):
        if isinstance(holder, dict):
            holder = holder.setdefault(part, [] if isinstance(following, int) else {})
        elif isinstance(holder, list) and isinstance(part, int) and part < len(holder):
            holder = holder[part]
        else:
            return "there is no such place in the configuration"
    last = key[-1]
    if not isinstance(holder, dict) or isinstance(last, int):
        return "there is no such place in the configuration"
    holder[last] = value
    return None


def _scalar(text: str) -> Any:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return text
    return text if value is None and text.strip().lower() not in ("null", "~") else value
