"""Reading requests: which dialect, what is missing, and nothing but refusals."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.wire.cloud.errors import CloudRefusal, GatewayRefusal, TopRefusal
from edge_agent.wire.cloud.moment import check_moment, made_ms
from edge_agent.wire.cloud.received import (
    PAIRS_LIMIT,
    Dialect,
    Format,
    Received,
    dialect_of,
    manner_of,
)
from edge_agent.wire.cloud.request import CloudRequest, read_request
from tests.support import cloud_signers

AT_MS = 1_700_000_000_000
MINUTE_MS = 60_000


def received(signed: cloud_signers.Request) -> Received:
    method, path, query, headers, body = signed
    return Received.of(method, path, query, headers.items(), body)


def rpc(overrides: dict[str, str | None] | None = None, **more: str) -> Received:
    return received(
        cloud_signers.rpc(
            "id", "s", more, action="QueryApps", at_ms=AT_MS, nonce="n", overrides=overrides
        )
    )


def acs3(overrides: dict[str, str | None] | None = None, **more: str) -> Received:
    return received(
        cloud_signers.acs3(
            "id", "s", more, action="QueryApps", at_ms=AT_MS, nonce="n", overrides=overrides
        )
    )


def top(overrides: dict[str, str | None] | None = None, **more: str) -> Received:
    return received(
        cloud_signers.top("1", "s", more, action="a.b", at_ms=AT_MS, overrides=overrides)
    )


def roa(date: str = "Tue, 14 Nov 2023 22:13:20 GMT") -> Received:
    headers = {"authorization": "acs id:sig", "date": date, "x-acs-version": "2019-03-25"}
    return Received.of("POST", "/v2/image/search", "RegionId=r", headers.items(), b"")


def read(request: Received) -> CloudRequest:
    dialect = dialect_of(request)
    assert dialect is not None
    return read_request(request, dialect)


def test_each_dialect_is_told_from_the_others() -> None:
    assert dialect_of(rpc()) is Dialect.RPC
    assert dialect_of(acs3()) is Dialect.ACS3
    assert dialect_of(top()) is Dialect.TOP
    assert dialect_of(roa()) is Dialect.ROA


@pytest.mark.parametrize(
    "other",
    [
        Received("GET", "/"),
        Received("GET", "/", "page=2"),
        Received("GET", "/v1/tracks", "Action=x&Signature=y"),
        Received("GET", "/", headers={"authorization": "Bearer abc"}),
    ],
)
def test_what_is_no_cloud_request_is_left_to_others(other: Received) -> None:
    assert dialect_of(other) is None


def test_a_header_that_sdks_add_makes_no_other_dialect_of_rpc() -> None:
    asked = Received("GET", "/", "Action=A&Signature=s", {"x-acs-action": "A"})
    assert dialect_of(asked) is Dialect.RPC
    assert dialect_of(Received("POST", "/", "", {"x-acs-action": "A"})) is Dialect.ACS3


@pytest.mark.parametrize(
    "name",
    [
        "AccessKeyId",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "Timestamp",
        "Version",
        "Action",
    ],
)
@pytest.mark.parametrize("value", [None, ""])
def test_rpc_says_what_is_missing(name: str, value: str | None) -> None:
    with pytest.raises(GatewayRefusal, match=f"^{name} is mandatory for this action.$") as caught:
        read(rpc({name: value}))
    assert (caught.value.code, caught.value.status) == (f"Missing{name}", 400)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SignatureMethod", "HMAC-MD5", "InvalidSignatureMethod"),
        ("SignatureVersion", "2.0", "InvalidSignatureVersion"),
        ("Format", "YAML", "InvalidParameter.Format"),
    ],
)
def test_rpc_says_what_is_invalid(name: str, value: str, code: str) -> None:
    with pytest.raises(GatewayRefusal) as caught:
        read(rpc({name: value}))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("x-acs-action", "MissingAction"),
        ("x-acs-version", "MissingVersion"),
        ("x-acs-date", "MissingTimestamp"),
        ("x-acs-signature-nonce", "MissingSignatureNonce"),
        ("authorization", "MissingAccessKeyId"),
    ],
)
def test_acs3_says_what_is_missing(header: str, code: str) -> None:
    with pytest.raises(GatewayRefusal) as caught:
        read(acs3({header: None}))
    assert caught.value.code == code


def test_acs3_with_another_algorithm_is_refused() -> None:
    header = "ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=b"
    with pytest.raises(GatewayRefusal) as caught:
        read(acs3({"authorization": header}))
    assert caught.value.code == "InvalidSignatureMethod"


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("method", None, 21),
        ("app_key", None, 28),
        ("sign", None, 24),
        ("timestamp", None, 30),
        ("v", None, 32),
        ("v", "1.0", 34),
        ("format", "yaml", 23),
        ("sign_method", "crc", 25),
    ],
)
def test_top_says_what_is_wrong(name: str, value: str | None, number: int) -> None:
    with pytest.raises(TopRefusal) as caught:
        read(top({name: value}))
    assert caught.value.number == number


def test_two_values_of_one_name_are_refused() -> None:
    asked = Received("POST", "/", rpc(Name="a").query + "&Name=b")
    with pytest.raises(GatewayRefusal) as caught:
        read(asked)
    assert caught.value.code == "InvalidName"
    asked = top(param="x")
    with pytest.raises(TopRefusal):
        read(Received("POST", asked.path, asked.query + "&param=y", asked.headers, asked.body))


def test_query_and_form_are_merged_and_blanks_are_kept() -> None:
    asked = acs3(A="1", B="")
    headers = {**asked.headers, "content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = read(Received("POST", "/", asked.query, headers, b"C=%E9%97%A8+x&D="))
    assert request.parameters == {"A": "1", "B": "", "C": "门 x", "D": ""}


def test_too_many_parameters_are_refused() -> None:
    many = "&".join(f"P{number}=1" for number in range(PAIRS_LIMIT + 1))
    with pytest.raises(GatewayRefusal) as caught:
        read(Received("GET", "/", f"{rpc().query}&{many}"))
    assert caught.value.code == "InvalidParameter.Format"


def test_what_is_not_utf8_is_refused_in_the_words_of_its_dialect() -> None:
    with pytest.raises(GatewayRefusal):
        read(Received("GET", "/", rpc().query + "&x=%ff"))
    with pytest.raises(TopRefusal):
        read(Received("GET", "/router/rest", top().query + "&x=%ff"))


def test_the_manner_of_an_answer() -> None:
    assert manner_of(rpc(), Dialect.RPC).format is Format.JSON
    assert manner_of(rpc({"Format": None}), Dialect.RPC).format is Format.XML
    assert manner_of(rpc({"Action": "<a>"}), Dialect.RPC).action == ""
    assert manner_of(acs3(), Dialect.ACS3).host == "box:8800"
    assert manner_of(top(simplify="true"), Dialect.TOP).simplify
    assert manner_of(top({"format": None}), Dialect.TOP).format is Format.XML


@pytest.mark.parametrize(
    ("asked", "window_ms"),
    [
        (rpc(), 15 * MINUTE_MS),
        (acs3(), 15 * MINUTE_MS),
        (roa(), 15 * MINUTE_MS),
        (top(), 10 * MINUTE_MS),
        (top({"timestamp": str(AT_MS)}), 10 * MINUTE_MS),
    ],
    ids=["rpc", "acs3", "roa", "top", "top-milliseconds"],
)
def test_a_request_is_good_within_its_window_only(asked: Received, window_ms: int) -> None:
    request = read(asked)
    assert made_ms(request) == AT_MS
    for away_ms in (-window_ms, 0, window_ms):
        check_moment(request, AT_MS + away_ms)
    for away_ms in (-window_ms - 1, window_ms + 1):
        with pytest.raises(CloudRefusal) as caught:
            check_moment(request, AT_MS + away_ms)
        if isinstance(caught.value, TopRefusal):
            assert caught.value.number == 31
        else:
            assert isinstance(caught.value, GatewayRefusal)
            assert caught.value.code == "InvalidTimeStamp.Expired"


@pytest.mark.parametrize(
    "text",
    ["2023-11-14 22:13:20", "2023-13-14T22:13:20Z", "2023-11-14T22:13:20+00:00", "0", "٢٠٢٣"],
)
def test_a_time_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(GatewayRefusal) as caught:
        made_ms(read(rpc({"Timestamp": text})))
    assert caught.value.code == "InvalidTimeStamp.Format"
    with pytest.raises(GatewayRefusal):
        made_ms(read(roa(date=text)))


@pytest.mark.parametrize("text", ["2023-11-14T22:13:20Z", "0001-01-01 24:00:00", "17000000000000"])
def test_a_time_that_top_cannot_read_is_refused(text: str) -> None:
    with pytest.raises(TopRefusal) as caught:
        made_ms(read(top({"timestamp": text})))
    assert caught.value.number == 31


JUNK = st.text(max_size=20)
MARKS = st.dictionaries(
    st.sampled_from(
        [
            "Signature",
            "AccessKeyId",
            "SignatureMethod",
            "SignatureVersion",
            "SignatureNonce",
            "Timestamp",
            "Version",
            "Action",
            "Format",
            "method",
            "app_key",
            "sign",
            "v",
            "timestamp",
            "format",
            "sign_method",
            "simplify",
        ]
    ),
    st.sampled_from(["", "1.0", "2.0", "HMAC-SHA1", "json", "md5", "2023-11-14T22:13:20Z", "é"])
    | st.text(st.characters(codec="utf-8"), max_size=8),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "authorization",
            "x-acs-action",
            "x-acs-version",
            "x-acs-date",
            "x-acs-signature-nonce",
            "content-type",
            "host",
            "content-md5",
            "date",
            "x-acs-content-sha256",
        ]
    ),
    JUNK
    | st.sampled_from(
        [
            "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host;;x,Signature=b",
            "acs id:sig",
            "application/x-www-form-urlencoded",
            "Tue, 14 Foo 2023 22:13:20 GMT",
        ]
    ),
)


@given(
    path=st.sampled_from(["/", "/router/rest", "/v2/image/add"]) | JUNK,
    marks=MARKS,
    junk=JUNK,
    headers=HEADERS,
    body=st.binary(max_size=40),
)
def test_whatever_comes_ends_as_a_request_or_a_refusal(
    path: str, marks: dict[str, str], junk: str, headers: dict[str, str], body: bytes
) -> None:
    asked = Received("POST", path, f"{urlencode(marks)}&{junk}", headers, body)
    dialect = dialect_of(asked)
    if dialect is None:
        return
    assert manner_of(asked, dialect).dialect is dialect
    try:
        request = read_request(asked, dialect)
        check_moment(request, AT_MS)
    except CloudRefusal:
        return
    assert request.key_id
