"""From a path and the environment to settings, or one list of everything that is wrong."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edge_agent.domain.errors import Unusable
from edge_agent.settings.document import (
    Document,
    Key,
    dotted,
    lay_environment_over,
    read_file,
)
from edge_agent.settings.gather import gather
from edge_agent.settings.gathered import Settings
from edge_agent.settings.model import Model
from edge_agent.settings.problems import explain, is_secret

_FILE = "_file"


def load_settings(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration.

    Args:
        path: the YAML file.
        environment: variables that win over it; None takes those of the process.

    Raises:
        Unusable: with every mistake, one per line, each with its place and its key.
    """
    environment = os.environ if environment is None else environment
    document = read_file(path)
    lay_environment_over(document, environment, verbatim=lambda key: is_secret(key, Model))
    credentials = environment.get("CREDENTIALS_DIRECTORY")
    folders = [Path(credentials)] if credentials else []
    _read_secrets(document, document.values, (), [*folders, path.parent])
    try:
        model = Model.model_validate(document.values)
    except ValidationError as error:
        raise _unusable(path, document.problems + explain(error, document, Model)) from error
    if document.problems:
        raise _unusable(path, document.problems)
    return gather(model)


def _unusable(path: Path, problems: list[str]) -> Unusable:
    count = "one mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
    unique = dict.fromkeys(problems)
    listed = "".join(f"\n  {line}" for line in sorted(unique, key=_line_number))
    return Unusable(f"the configuration {path} has {count}:{listed}")


def _line_number(problem: str) -> int:
    """Where in the file it is, so that mistakes are told from top to bottom."""
    found = re.match(r"[^\n]*?:(\d+): ", problem)
    return int(found[1]) if found else 0


def _read_secrets(document: Document, values: Any, key: Key, folders: list[Path]) -> None:
    """Put what a `…_file` key names beside it, so that the model sees the secret itself."""
    if isinstance(values, list):
        for number, entry in enumerate(values):
            _read_secrets(document, entry, (*key, number), folders)
    if not isinstance(values, dict):
        return
    for name, value in list(values.items()):
        inner = (*key, name)
        secret = (*key, name.removesuffix(_FILE))
        if name.endswith(_FILE) and value is not None and is_secret(secret, Model):
            _read_secret(document, values, inner, folders)
        else:
            _read_secrets(document, value, inner, folders)


def _read_secret(document: Document, values: dict[str, Any], key: Key, folders: list[Path]) -> None:
    name = str(key[-1])
    secret = name.removesuffix(_FILE)
    if values.get(secret) is not None:
        document.problems.append(
            f"{document.place(key)}: {dotted(key)}: {secret} is given as well; keep one of the two"
        )
        return
    wanted = Path(str(values[name]))
    path = next((folder / wanted for folder in folders if (folder / wanted).exists()), wanted)
    try:
        values[secret] = path.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        looked = " or ".join(str(folder / wanted) for folder in folders)
        document.problems.append(
            f"{document.place(key)}: {dotted(key)}: cannot read {looked}: {reason}"
        )
