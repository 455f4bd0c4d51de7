"""Requests of cloud clients made out of bytes: signed rightly, wrongly or not at all."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from edge_agent.domain.access_key import AccessKey
from edge_agent.wire.cloud import image_search, linkvisual, mts, upload
from edge_agent.wire.cloud.received import Received
from edge_agent.wire.cloud.top import GET_BY_TASK
from tests.fuzz.draw import Draw
from tests.fuzz.shaped import Known, known_to
from tests.support import cloud_signers as signers
from tests.support.cloud_box import APP_KEY, KEY, READER


@dataclass(frozen=True)
class Product:
    """One API: its version, and the names of its operations and of their parameters."""

    version: str
    actions: tuple[str, ...]
    names: tuple[str, ...]


def _named(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LINKVISUAL: Final = Product(
    linkvisual.VERSION,
    tuple(linkvisual.ACTIONS),
    _named(
        "AppInstanceId JobId Name Desc Description PageSize CurrentPage SearchPicUrl StartTime"
        " EndTime Threshold BodyThreshold PictureSearchType DeviceIotIds.1 DeviceIotIds.2"
        " DeviceIotIds.0 DeviceIotIds JobStatus ContainPicUrl IotInstanceId"
    ),
)
IMAGES: Final = Product(
    image_search.VERSION,
    image_search.IMAGE_ACTIONS,
    _named(
        "InstanceName ProductId PicName PicContent CategoryId Crop Region CustomContent IntAttr"
        " IntAttr2 IntAttr4 StrAttr StrAttr2 StrAttr3 Num Start Filter DistinctProductId"
        " ScoreThreshold Text IsDeleteByFilter PrimaryPicContent SecondaryPicContent Id PageNumber"
        " PageSize BucketName Path CallbackAddress"
    ),
)
DNA: Final = Product(
    mts.VERSION,
    mts.ACTIONS,
    _named(
        "Name ModelId Config Description FpDBIds FpDBId Input FpShotConfig UserData PipelineId"
        " JobIds NextPageToken MaximumPageSize State StartTime EndTime FileIds PrimaryKeys DelType"
        " FpImportConfig StartOfJobCreatedTimeRange EndOfJobCreatedTimeRange"
    ),
)
UPLOAD: Final = Product(upload.VERSION, (upload.AUTHORIZE,), ("Product", "RegionId"))
PRODUCTS: Final = (LINKVISUAL, IMAGES, IMAGES, DNA, DNA, UPLOAD)
COMMON: Final = _named("SecurityToken RegionId SignatureType Format Type")
TOP_NAMES: Final = _named("param session simplify partner_id target_app_key")
PARAM: Final = _named("risk_task_id tenant_code poi_id request_id api_sign token")
CONFIG: Final = _named("FpDBId SaveType PrimaryKey TextType SimilarityThreshold Bucket Object")
PATHS: Final = ("/v2/image/search", "/v2/image/add", "/v2/image/delete", "/v2/image", "/")
OVERRIDDEN: Final = {
    "rpc": _named(
        "Version Timestamp SignatureNonce Signature AccessKeyId Format SignatureMethod"
        " SignatureVersion Action"
    ),
    "acs3": _named(
        "x-acs-version x-acs-date x-acs-signature-nonce x-acs-content-sha256 authorization"
        " x-acs-action host x-acs-security-token content-type"
    ),
    "top": _named("method app_key v timestamp sign_method format sign"),
}
FORM: Final = _named("key OSSAccessKeyId policy Signature success_action_status file")
METHODS: Final = ("GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "\x00")
HEADERS: Final = _named("host authorization x-acs-action x-acs-date content-type accept")
KINDS: Final = ("rpc", "acs3", "rpc", "acs3", "top", "roa", "upload", "raw")


class CloudRequests:
    """Makes requests out of bytes.

    Args:
        known: values that mean something to the door, by name of the parameter.
        now_ms: when they are signed.
    """

    def __init__(self, known: Known, now_ms: int) -> None:
        self._known = known
        self._now_ms = now_ms
        self._nonces = itertools.count()

    def request(self, draw: Draw) -> Received:
        """A request of one of the dialects, or for a form, or of none."""
        kind = draw.one_of(KINDS)
        if kind == "raw":
            return self._raw(draw)
        if kind == "upload":
            return self._form(draw)
        method, path, query, headers, body = self._signed(draw, kind)
        if kind == "rpc":
            headers["host"] = draw.one_of(["b.box", "box"])  # uploads want a dot in it
        return Received.of(method, path, query, headers.items(), body)

    def signed_rpc(
        self, key: AccessKey, action: str, parameters: Mapping[str, str], **how: Any
    ) -> signers.Request:
        """A request of RPC V1."""
        return signers.rpc(
            key.id, key.secret, parameters, action=action, at_ms=self._now_ms,
            nonce=self._nonce(), **how,
        )  # fmt: skip

    def _signed(self, draw: Draw, kind: str) -> signers.Request:
        if kind == "top":
            return self._top(draw)
        key = draw.one_of([*[KEY] * 6, READER, APP_KEY])
        if kind == "roa":
            return signers.roa(
                key.id, key.secret, self._parameters(draw, IMAGES), path=draw.one_of(PATHS),
                at_ms=self._now_ms, body=draw.rest() if draw.below(2) else b"",
                version=image_search.ROA_VERSION if draw.byte() % 8 else draw.value(["", "1"]),
            )  # fmt: skip
        product = draw.one_of(PRODUCTS)
        action = draw.one_of(product.actions) if draw.byte() % 16 else draw.text()
        parameters, overrides = self._parameters(draw, product), self._overrides(draw, kind)
        if kind == "acs3":
            return signers.acs3(
                key.id, key.secret, parameters, action=action, at_ms=self._now_ms,
                nonce=self._nonce(), version=product.version, in_query=bool(draw.below(2)),
                overrides=overrides,
            )  # fmt: skip
        return self.signed_rpc(
            key, action, parameters, method=draw.one_of(["GET", "POST"]), overrides=overrides,
            answer=draw.one_of(["JSON", "XML"]), in_query=bool(draw.below(2)),
            version=product.version,
        )  # fmt: skip

    def _parameters(self, draw: Draw, product: Product) -> dict[str, str]:
        """Most of what a product knows and has values for, some of the rest, little else."""
        found = {}
        for name in product.names:
            if draw.below(8) < (6 if name in self._known else 1):
                found[name] = self._value(draw, name)
        for _ in range(draw.below(8) // 6):
            found[draw.one_of(COMMON) if draw.byte() % 4 else draw.text()] = self._value(draw, "")
        return found

    def _value(self, draw: Draw, name: str) -> str:
        if name in {"FpShotConfig", "Input", "FpImportConfig"} and draw.byte() % 8:
            fields = {each: self._value(draw, each) for each in CONFIG if draw.byte() % 4}
            return json.dumps(fields)
        kind = draw.byte() % 4
        if kind and name in self._known:
            return draw.one_of(self._known[name])
        return draw.value(known_to(self._known, name) if draw.byte() % 16 else self._known[""])

    def _overrides(self, draw: Draw, kind: str) -> dict[str, str | None]:
        return {
            draw.one_of(OVERRIDDEN[kind]): draw.value(self._known[""]) if draw.byte() else None
            for _ in range(draw.below(8) // 5)
        }

    def _nonce(self) -> str:
        return f"fuzz-{next(self._nonces)}"

    def _top(self, draw: Draw) -> signers.Request:
        key = draw.one_of([APP_KEY, APP_KEY, KEY])
        anything = self._known[""]
        parameters = {
            draw.one_of(TOP_NAMES) if draw.byte() else draw.text(): draw.value(anything)
            for _ in range(draw.below(9))
        }
        if draw.byte() % 4:
            parameters["param"] = draw.document(PARAM, anything).decode("utf-8", "replace")
        return signers.top(
            key.id, key.secret, parameters, action=GET_BY_TASK, at_ms=self._now_ms,
            sign_method=draw.one_of(["md5", "hmac", "hmac-sha256", "none"]),
            answer=draw.one_of(["json", "xml", "yaml"]), overrides=self._overrides(draw, "top"),
        )  # fmt: skip

    def _form(self, draw: Draw) -> Received:
        """A picture that is sent ahead, with a grant that is good, or something like it."""
        parts = b""
        for name in FORM:
            if draw.byte() % 16 == 0:
                continue
            value = draw.value(known_to(self._known, name)).encode()
            content = draw.rest() if name == "file" else value
            head = f'Content-Disposition: form-data; name="{name}"'.encode()
            parts += b"\r\n--b\r\n" + (head if draw.byte() % 16 else draw.raw(40))
            parts += b"\r\n\r\n" + content
        kind = draw.one_of(["multipart/form-data; boundary=b", 'multipart/form-data; boundary="b"'])
        kind = kind if draw.byte() % 16 else f"multipart/form-data; {draw.text()}"
        headers = {"host": "b.box", "content-type": kind}
        return Received.of("POST", "/", "", headers.items(), parts[2:] + b"\r\n--b--\r\n")

    def _raw(self, draw: Draw) -> Received:
        headers = [
            (
                draw.one_of(HEADERS) if draw.byte() else draw.text(),
                draw.value(self._known[""]),
            )
            for _ in range(draw.few())
        ]
        query = urlencode({draw.text(): draw.text()}) if draw.below(2) else draw.text()
        path = draw.one_of(["/", "/router/rest", "/v2/image/search", "//"])
        return Received.of(draw.one_of(METHODS), path, query, headers, draw.rest())
