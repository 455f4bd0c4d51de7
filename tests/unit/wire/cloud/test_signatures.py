"""Signatures: published vectors, requests of the official SDKs, and an independent signer."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.wire.cloud import signatures
from edge_agent.wire.cloud.errors import CloudRefusal, GatewayRefusal, TopRefusal
from edge_agent.wire.cloud.received import Dialect, Received, dialect_of
from edge_agent.wire.cloud.request import CloudRequest, read_request, verify
from tests.support import cloud_signers

RECORDED: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("sdk_requests.json").read_text("utf-8")
)
AT_MS = 1_700_000_000_000
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
PARAMETERS = st.dictionaries(NAMES, TEXT, max_size=5)


def replayed(recorded: dict[str, Any]) -> Received:
    path, _, query = recorded["target"].partition("?")
    headers = [(name, value) for name, value in recorded["headers"]]
    return Received.of(recorded["method"], path, query, headers, recorded["body"].encode())


def read(received: Received) -> CloudRequest:
    dialect = dialect_of(received)
    assert dialect is not None
    return read_request(received, dialect)


def of(signed: cloud_signers.Request) -> CloudRequest:
    method, path, query, headers, body = signed
    return read(Received.of(method, path, query, headers.items(), body))


def secret_of(request: CloudRequest) -> str:
    return "helloworld" if request.dialect is Dialect.TOP else "testsecret"


def test_rpc_as_published() -> None:
    pairs = [
        ("Timestamp", "2016-02-23T12:46:24Z"),
        ("Format", "XML"),
        ("AccessKeyId", "testid"),
        ("Action", "DescribeRegions"),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"),
        ("Version", "2014-05-26"),
        ("SignatureVersion", "1.0"),
    ]
    text = signatures.rpc_string_to_sign("GET", pairs)
    assert signatures.rpc_signature("testsecret", text) == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_acs3_as_published() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    query = [
        ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"),
        ("RegionId", "cn-shanghai"),
    ]
    signed = [
        ("host", "ecs.cn-shanghai.aliyuncs.com"),
        ("x-acs-action", "RunInstances"),
        ("x-acs-content-sha256", empty),
        ("x-acs-date", "2023-10-26T10:22:32Z"),
        ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
        ("x-acs-version", "2014-05-26"),
    ]
    text = signatures.acs3_string_to_sign("POST", "/", query, signed, empty)
    expected = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    assert signatures.acs3_signature("YourAccessKeySecret", text) == expected


def test_top_as_published() -> None:
    pairs = [
        ("method", "taobao.item.seller.get"),
        ("app_key", "12345678"),
        ("session", "test"),
        ("timestamp", "2016-01-01 12:00:00"),
        ("format", "json"),
        ("v", "2.0"),
        ("sign_method", "md5"),
        ("fields", "num_iid,title,nick,price,num"),
        ("num_iid", "11223344"),
    ]
    text = signatures.top_string_to_sign(pairs)
    expected = "66987CB115214E59E6EC978214934FB8"
    assert signatures.top_signature("md5", "helloworld", text) == expected


def test_top_as_published_before() -> None:
    pairs = [
        ("method", "taobao.user.seller.get"),
        ("format", "xml"),
        ("app_key", "test"),
        ("v", "2.0"),
        ("fields", "nick"),
        ("sign_method", "md5"),
        ("timestamp", "2013-05-06 13:52:03"),
        ("session", "test"),
    ]
    text = signatures.top_string_to_sign(pairs)
    assert signatures.top_signature("md5", "test", text) == "72CB4D809B375A54502C09360D879C64"


def test_the_hmacs_of_top_are_those_of_the_rfcs() -> None:
    # RFC 2202 and RFC 4231, test case 2: key "Jefe"
    text = "what do ya want for nothing?"
    assert signatures.top_signature("hmac", "Jefe", text) == "750C783E6AB0B503EAA86E310A5DB738"
    assert signatures.top_signature("hmac-sha256", "Jefe", text) == (
        "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843"
    )


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["name"])
def test_requests_of_the_official_sdks_are_believed(recorded: dict[str, Any]) -> None:
    request = read(replayed(recorded))
    verify(request, secret_of(request))
    assert request.key_id in {"testid", "12345678"}


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["name"])
def test_nobody_else_s_secret_fits(recorded: dict[str, Any]) -> None:
    with pytest.raises(CloudRefusal) as caught:
        verify(read(replayed(recorded)), "another")
    if isinstance(caught.value, GatewayRefusal):
        assert caught.value.code == "SignatureDoesNotMatch"
        # one SDK takes what stands between the colons and compares it with its own
        request = read(replayed(recorded))
        if request.dialect is Dialect.RPC:
            assert str(caught.value).split(":")[1] == request.string_to_sign
        assert str(caught.value).endswith(f":{request.string_to_sign}")
    else:
        assert isinstance(caught.value, TopRefusal)
        assert caught.value.number == 25


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["name"])
def test_a_changed_request_is_not_believed(recorded: dict[str, Any]) -> None:
    for old, new in (("Desc=a", "Desc=b"), ("=x", "=y"), ("PageSize=10", "PageSize=11")):
        changed = json.loads(json.dumps(recorded).replace(old, new))
        if changed == recorded:
            continue
        with pytest.raises(CloudRefusal):
            verify(read(replayed(changed)), "testsecret")


def test_the_recorded_parameters_are_read() -> None:
    by_name = {recorded["name"]: read(replayed(recorded)) for recorded in RECORDED}
    for name in ("tea_acs3", "tea_rpc"):
        assert by_name[f"{name}_create_app"].parameters["Name"] == "门店 一*"
        assert by_name[f"{name}_create_app"].parameters["Desc"] == "a+b=c & ~d/%"
        assert by_name[f"{name}_bind"].parameters["DeviceIotIds.2"] == "y z"
        assert by_name[f"{name}_search"].product == "LinkVisual"
    assert by_name["core_rpc_get"].parameters["SignatureType"] == ""
    assert by_name["tea_acs3_temporary_key"].security_token == "sts/token+"
    assert by_name["pop_core_post"].parameters["Desc"] == "a+b=c & ~d/%!'()"
    assert by_name["core_roa_search"].parameters["PicContent"] == "aGk=+/"


@given(parameters=PARAMETERS, in_query=st.booleans(), method=st.sampled_from(["GET", "POST"]))
def test_rpc_agrees_with_an_independent_signer(
    *, parameters: dict[str, str], in_query: bool, method: str
) -> None:
    parameters = {f"P{name}": value for name, value in parameters.items()}
    signed = cloud_signers.rpc(
        "id",
        "sécret",
        parameters,
        action="A",
        at_ms=AT_MS,
        nonce="n",
        method=method,
        in_query=in_query,
    )
    request = of(signed)
    verify(request, "sécret")
    assert {name: request.parameters[name] for name in parameters} == parameters


@given(parameters=PARAMETERS, in_query=st.booleans())
def test_acs3_agrees_with_an_independent_signer(
    *, parameters: dict[str, str], in_query: bool
) -> None:
    signed = cloud_signers.acs3(
        "id", "secret", parameters, action="A", at_ms=AT_MS, nonce="n", in_query=in_query
    )
    request = of(signed)
    verify(request, "secret")
    assert request.parameters == parameters


@given(parameters=PARAMETERS, sign_method=st.sampled_from(signatures.TOP_METHODS))
def test_top_agrees_with_an_independent_signer(
    parameters: dict[str, str], sign_method: str
) -> None:
    parameters = {f"p{name}": value for name, value in parameters.items()}
    signed = cloud_signers.top(
        "1", "secret", parameters, action="a.b", at_ms=AT_MS, sign_method=sign_method
    )
    request = of(signed)
    verify(request, "secret")
    assert {name: request.parameters[name] for name in parameters} == parameters


@given(parameters=PARAMETERS, form=PARAMETERS)
def test_roa_agrees_with_an_independent_signer(
    parameters: dict[str, str], form: dict[str, str]
) -> None:
    parameters = {f"q{name}": value for name, value in parameters.items()}
    form = {f"f{name}": value for name, value in form.items()}
    method, path, query, headers, body = cloud_signers.roa(
        "id", "secret", parameters, path="/v2/image/search", at_ms=AT_MS,
        body=urlencode(form).encode(),
    )  # fmt: skip
    request = of((method, path, query, headers, body))
    verify(request, "secret")
    assert {name: request.parameters[name] for name in parameters | form} == parameters | form
    with pytest.raises(GatewayRefusal):
        verify(of((method, path, query, headers, body + b"&more=1")), "secret")
    with pytest.raises(GatewayRefusal):
        verify(request, "another")


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
def test_a_canonical_query_says_the_same_in_any_order(pairs: list[tuple[str, str]]) -> None:
    canonical = signatures.canonical_query(pairs)
    assert canonical == signatures.canonical_query(reversed(pairs))
    assert set(canonical) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%=&"
    )
    back = [part.partition("=") for part in canonical.split("&")] if pairs else []
    decoded = Received("GET", "/", canonical).query_pairs
    assert len(back) == len(pairs)
    assert [pair for pair in sorted(pairs) if pair != ("", "")] == [
        pair for pair in decoded if pair != ("", "")
    ]


@pytest.mark.parametrize("header", ["host", "x-acs-action", "x-acs-signature-nonce", "x-acs-date"])
def test_acs3_headers_that_matter_must_be_signed(header: str) -> None:
    method, path, query, headers, body = cloud_signers.acs3(
        "id", "secret", {}, action="A", at_ms=AT_MS, nonce="n", overrides={header: None}
    )
    headers[header] = "put there by somebody else"
    with pytest.raises(GatewayRefusal, match="server string to sign is:"):
        verify(of((method, path, query, headers, body)), "secret")


def test_acs3_body_must_be_the_one_that_was_hashed() -> None:
    signed = cloud_signers.acs3(
        "id", "secret", {"a": "b"}, action="A", at_ms=AT_MS, nonce="n", in_query=False
    )
    method, path, query, headers, _ = signed
    with pytest.raises(GatewayRefusal):
        verify(of((method, path, query, headers, b"a=c")), "secret")


def test_roa_body_must_be_the_one_that_was_hashed() -> None:
    recorded = next(item for item in RECORDED if item["name"] == "core_roa_search")
    with pytest.raises(GatewayRefusal):
        verify(read(replayed({**recorded, "body": recorded["body"] + "1"})), "testsecret")


@given(text=st.text(st.characters(codec="utf-8")))
def test_what_is_percent_encoded_comes_back(text: str) -> None:
    encoded = signatures.percent_encoded(text)
    assert unquote(encoded) == text
    assert re.fullmatch(r"(?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})*", encoded)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6), st.sampled_from(["GET", "POST"]))
def test_what_is_signed_holds_the_whole_query(pairs: list[tuple[str, str]], method: str) -> None:
    text = signatures.rpc_string_to_sign(method, pairs)
    assert text.split("&")[:2] == [method, "%2F"]
    assert unquote(text.split("&")[2]) == signatures.canonical_query(pairs)
    assert text.split("&")[2] == signatures.percent_encoded(signatures.canonical_query(pairs))
