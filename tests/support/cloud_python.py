"""Calls the box with the official Python SDKs; run by an interpreter that has them.

Reads one JSON object from stdin: {"endpoint", "protocol", "ca", "key", "secret", "calls": [{"sdk",
"operation", "parameters", …}]}; writes a JSON list with one outcome per call: {"body": …}, of the
typed ones with the "map", the "type" and what is "mistyped": not of the type that the SDK names, or
{"error": class, "code", "message", "status", "request_id", "retry_after"}. Nothing of edge_agent is
imported.
"""

import importlib
import json
import sys
import typing
from typing import Any

TEA = ("tea", "tea-v2")


def main() -> None:
    """Make every call in order."""
    asked = json.load(sys.stdin)
    makers = {"tea": _tea, "tea-v2": _tea, "core": _core}
    json.dump([_outcome(makers[call["sdk"]], asked, call) for call in asked["calls"]], sys.stdout)


def _outcome(make: Any, asked: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"body": make(asked, call)}
    except Exception as error:  # noqa: BLE001 - which class it is, is what is asked
        return _told(error)


def _told(error: Exception) -> dict[str, Any]:
    def first(*names: str) -> Any:
        for name in names:
            value = getattr(error, name, None)
            value = value() if callable(value) else value
            if value is not None:
                return value
        return None

    return {
        "error": type(error).__name__,
        "code": first("code", "get_error_code"),
        "message": first("message", "get_error_msg"),
        "status": first("status_code", "statusCode", "get_http_status"),
        "request_id": first("request_id", "get_request_id"),
        "retry_after": first("retry_after"),
    }


def _tea(asked: dict[str, Any], call: dict[str, Any]) -> Any:
    package = call.get("package", "alibabacloud_linkvisual20180120")
    product = importlib.import_module(f"{package}.client")
    models = importlib.import_module(f"{package}.models")
    openapi = importlib.import_module("alibabacloud_tea_openapi.models")
    config = openapi.Config(
        access_key_id=call.get("key", asked["key"]),
        access_key_secret=call.get("secret", asked["secret"]),
        security_token=call.get("token"),
        endpoint=asked["endpoint"],
        protocol=asked["protocol"],
        region_id="cn-shanghai",
        ca=asked["ca"],
    )
    if call["sdk"] == "tea-v2":
        config.signature_algorithm = "v2"
    operation = call["operation"]
    # The model names of the SDK are in camel case, its methods in snake case of some kind.
    client = product.Client(config)
    method = next(each for each in dir(client) if each.replace("_", "") == operation.lower())
    request = getattr(models, f"{operation}Request")()
    request.from_map(call["parameters"])
    answer = getattr(client, method)(request)
    typed = answer.body
    return {
        "status": answer.status_code,
        "map": typed.to_map(),
        "type": type(typed).__name__,
        "mistyped": _mistyped(typed, type(typed), "body"),
    }


def _mistyped(value: Any, declared: Any, path: str) -> list[str]:
    """Members whose values are not what the SDK declares, down to the last one."""
    if value is None or declared is Any:
        return []
    if typing.get_origin(declared) is list:
        (item,) = typing.get_args(declared)
        if not isinstance(value, list):
            return [f"{path}: no list"]
        return [
            wrong
            for place, one in enumerate(value)
            for wrong in _mistyped(one, item, f"{path}[{place}]")
        ]
    if not isinstance(value, typing.get_origin(declared) or declared):
        return [f"{path}: {type(value).__name__}"]
    if not hasattr(declared, "from_map"):
        return []
    hints = typing.get_type_hints(declared.__init__)
    return [
        wrong
        for name, member in vars(value).items()
        if name in hints
        for wrong in _mistyped(member, hints[name], f"{path}.{name}")
    ]


def _core(asked: dict[str, Any], call: dict[str, Any]) -> Any:
    client_of = importlib.import_module("aliyunsdkcore.client")
    operation = call["operation"]
    if "version" in call:
        request = importlib.import_module("aliyunsdkcore.request").CommonRequest()
        request.set_action_name(operation)
        request.set_version(call["version"])
        for name, value in call["parameters"].items():
            request.add_query_param(name, value)
    else:
        module = f"aliyunsdklinkvisual.request.v20180120.{operation}Request"
        request = getattr(importlib.import_module(module), f"{operation}Request")()
        for name, value in call["parameters"].items():
            getattr(request, f"set_{'DeviceIotIdss' if name == 'DeviceIotIds' else name}")(value)
    request.set_endpoint(asked["endpoint"])
    # This SDK compares by identity, which holds for what stands in a program as text.
    request.set_protocol_type(sys.intern(asked["protocol"]))
    if "format" in call:
        request.set_accept_format(call["format"])
    key, secret = call.get("key", asked["key"]), call.get("secret", asked["secret"])
    if "token" in call:
        credentials = importlib.import_module("aliyunsdkcore.auth.credentials")
        temporary = credentials.StsTokenCredential(key, secret, call["token"])
        client = client_of.AcsClient("cn-shanghai", credential=temporary, verify=asked["ca"])
    else:
        client = client_of.AcsClient(key, secret, "cn-shanghai", verify=asked["ca"])
    answer = client.do_action_with_exception(request).decode()
    return {"map": json.loads(answer)} if "format" not in call else {"text": answer}


if __name__ == "__main__":
    main()
