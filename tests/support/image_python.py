"""Calls the box's Image Search with the official Python SDKs; run by an interpreter that has them.

Reads one JSON object from stdin: {"endpoint", "protocol", "ca", "key", "secret", "calls": [{"sdk",
"operation", "parameters", …}]}; writes a JSON list with one outcome per call, as `cloud_python`.
Parameters that end with `Object` are pictures in base64, which are uploaded ahead. Nothing of
edge_agent is imported.
"""

import base64
import importlib
import io
import json
import sys
from typing import Any


def main() -> None:
    """Make every call in order."""
    asked = json.load(sys.stdin)
    json.dump([_outcome(asked, call) for call in asked["calls"]], sys.stdout)


def _outcome(asked: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"body": _WAYS.get(call["sdk"], _tea)(asked, call)}
    except Exception as error:  # noqa: BLE001 - which class it is, is what is asked
        told = getattr(error, "data", None) or {}
        return {
            "error": type(error).__name__,
            "code": _first(error, "code", "get_error_code"),
            "message": _first(error, "message", "get_error_msg") or str(error),
            "status": _first(error, "status_code", "statusCode", "get_http_status")
            or (told.get("statusCode") if isinstance(told, dict) else None),
        }


def _first(error: Exception, *names: str) -> Any:
    for name in names:
        value = getattr(error, name, None)
        value = value() if callable(value) else value
        if value is not None:
            return value
    return None


def _tea(asked: dict[str, Any], call: dict[str, Any]) -> Any:
    package = importlib.import_module("alibabacloud_imagesearch20201214.client")
    models = importlib.import_module("alibabacloud_imagesearch20201214.models")
    openapi = importlib.import_module("alibabacloud_tea_openapi.models")
    config = openapi.Config(
        access_key_id=call.get("key", asked["key"]),
        access_key_secret=call.get("secret", asked["secret"]),
        endpoint=asked["endpoint"],
        protocol=asked["protocol"],
        region_id="cn-shanghai",
    )
    if call["sdk"] == "tea-v2":
        config.signature_algorithm = "v2"
    client = package.Client(config)
    client._open_platform_endpoint = asked["endpoint"]
    operation, sent = call["operation"], call["parameters"]
    # The model names of the SDK are in camel case, its methods in snake case.
    method = "".join(f"_{c.lower()}" if c.isupper() else c for c in operation).lstrip("_")
    plain = {name: value for name, value in sent.items() if not name.endswith("Object")}
    request = getattr(models, f"{operation}Request")()
    request.from_map(plain)
    for name in sent.keys() - plain.keys():
        attribute = "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
        setattr(request, attribute, io.BytesIO(base64.b64decode(sent[name])))
    if operation.endswith("Advance"):
        answer = getattr(client, method)(request, _runtime(asked))
    else:
        answer = getattr(client, f"{method}_with_options")(request, _runtime(asked))
    typed = answer.body
    return {"map": typed.to_map(), "type": type(typed).__name__}


def _runtime(asked: dict[str, Any]) -> Any:
    """Version 4 and 3 of the SDK have it in different places."""
    try:
        options = importlib.import_module("darabonba.runtime").RuntimeOptions()
    except ModuleNotFoundError:
        options = importlib.import_module("alibabacloud_tea_util.models").RuntimeOptions()
        # Version 3 does not hand an authority on to what asks for leave to upload.
        options.ignore_ssl = asked["protocol"] == "https"
    options.ca = asked["ca"]
    return options


def _core_2019(asked: dict[str, Any], call: dict[str, Any]) -> Any:
    module = f"aliyunsdkimagesearch.request.v20190325.{call['operation']}Request"
    request = getattr(importlib.import_module(module), f"{call['operation']}Request")()
    for name, value in call["parameters"].items():
        getattr(request, f"set_{name}")(value)
    return _core(asked, call, request)


def _core_2020(asked: dict[str, Any], call: dict[str, Any]) -> Any:
    """This SDK has no classes for it; its users name the operation."""
    request = importlib.import_module("aliyunsdkcore.request").CommonRequest()
    request.set_action_name(call["operation"])
    request.set_version("2020-12-14")
    request.set_method("POST")
    for name, value in call["parameters"].items():
        request.add_body_params(name, value)
    return _core(asked, call, request)


def _core(asked: dict[str, Any], call: dict[str, Any], request: Any) -> Any:
    client_of = importlib.import_module("aliyunsdkcore.client")
    request.set_endpoint(asked["endpoint"])
    # This SDK compares by identity, which holds for what stands in a program as text.
    request.set_protocol_type(sys.intern(asked["protocol"]))
    client = client_of.AcsClient(
        call.get("key", asked["key"]),
        call.get("secret", asked["secret"]),
        "cn-shanghai",
        verify=asked["ca"],
    )
    return {"map": json.loads(client.do_action_with_exception(request).decode())}


_WAYS = {"core": _core_2020, "core-2019": _core_2019}


if __name__ == "__main__":
    main()
