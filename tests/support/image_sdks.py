"""Image Search by every official SDK: one way to ask, one shape of what comes of it."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from edge_agent.domain.access_key import AccessKey
from tests.support.cloud_box import (
    CloudBox,
    call_images,
    call_node,
    call_node_images,
    node_with_sdks,
    old_python_with_sdks,
    python_with_sdks,
)
from tests.support.image_shapes import SHAPES, misfits

OLD = frozenset({"AddImage", "DeleteImage", "SearchImageByPic", "SearchImageByName"})
"""The operations that version 3 of the Python SDK has."""

_LATER = frozenset(
    {"ScoreThreshold", "DistinctProductId", "IsDeleteByFilter"}
    | {f"{kind}Attr{number}" for kind in ("Int", "Str") for number in (2, 3, 4)}
)
"""Parameters that came after 2019 and after version 3."""

PYTHON = ("tea", "tea-v2", "core")
NODE = ("node", "node-v2", "pop")
ALL = (*PYTHON, "old", *NODE)
"""Tea and the Node SDK with both of their signatures, core and pop-core, which name operations,
and version 3 of Tea."""

UPLOADING = ("tea", "tea-v2", "old", "node", "node-v2")
"""Those that have the `*Advance` calls."""


@dataclass(frozen=True)
class Ask:
    """One call.

    Attributes:
        operation: its name in the cloud's API.
        parameters: by the cloud's names; those that end with `Object` are pictures in base64.
        around: `key` and `secret`, where they are others.
    """

    operation: str
    parameters: dict[str, Any]
    around: dict[str, str] = field(default_factory=dict)

    def by(self, key: AccessKey) -> "Ask":
        """The same, asked with another key."""
        return Ask(self.operation, self.parameters, {"key": key.id, "secret": key.secret})


@dataclass(frozen=True)
class Outcome:
    """What an SDK made of an answer.

    Attributes:
        body: in the cloud's names.
        error: class of what was raised, empty where nothing was.
    """

    body: dict[str, Any]
    error: str = ""
    code: str = ""
    status: int | None = None
    message: str = ""


def ask(operation: str, /, **parameters: Any) -> Ask:
    """Make a call."""
    return Ask(operation, parameters)


def base64_of(data: bytes) -> str:
    """As pictures travel."""
    return base64.b64encode(data).decode()


def sdks(names: Iterable[str]) -> list[Any]:
    """Parameters for a test, each skipped where its SDK is not installed."""
    there = {
        **dict.fromkeys((*PYTHON, "core-2019"), python_with_sdks()),
        **dict.fromkeys(NODE, node_with_sdks()),
        "old": old_python_with_sdks(),
    }
    return [
        pytest.param(
            name, marks=pytest.mark.skipif(there[name] is None, reason=f"no SDK for {name}")
        )
        for name in names
    ]


def has(sdk: str, one: Ask) -> bool:
    """Whether an SDK has an operation, and the parameters that are asked with."""
    if sdk not in {"old", "core-2019"}:
        return True
    named = sdk == "core-2019" or one.operation.removesuffix("Advance") in OLD
    return named and not _LATER & one.parameters.keys()


async def outcomes(
    cloud: CloudBox, sdk: str, asked: Iterable[Ask], *, protocol: str = "http"
) -> list[Outcome]:
    """What came of each call, made in order."""
    calls = [
        {"sdk": sdk, "operation": one.operation, "parameters": one.parameters, **one.around}
        for one in asked
    ]
    if sdk == "pop":
        named = [{**call, "version": "2020-12-14"} for call in calls]
        found = await call_node(cloud, *named, protocol=protocol)
    elif sdk in NODE:
        found = await call_node_images(cloud, *calls, protocol=protocol)
    else:
        found = await call_images(cloud, *calls, protocol=protocol, old=sdk == "old")
    return [_outcome(one) for one in found]


def _outcome(found: dict[str, Any]) -> Outcome:
    if "error" in found:
        return Outcome(
            {}, found["error"], str(found["code"]), found.get("status"), found["message"]
        )
    body = found["body"]
    return Outcome(body.get("map", body) if set(body) <= {"map", "type"} else body)


async def bodies(cloud: CloudBox, sdk: str, *asked: Ask, protocol: str = "http") -> list[Any]:
    """The bodies of calls that have to succeed, in the shapes of the cloud."""
    found = await outcomes(cloud, sdk, asked, protocol=protocol)
    for one, outcome in zip(asked, found, strict=True):
        assert not outcome.error, (sdk, one.operation, outcome)
        shape = SHAPES[one.operation.removesuffix("Advance")]
        wrong = misfits(shape, outcome.body)
        if sdk == "old":  # whose types lack what came later
            wrong = [each for each in wrong if not each.endswith(": absent")]
        assert not wrong, (sdk, one.operation, wrong)
    return [outcome.body for outcome in found]
