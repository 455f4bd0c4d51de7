"""Sections about the ways in and out: MQTT, HTTP, the cloud's dialects, webhooks."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from edge_agent.keys.keys import KEY_ID, KEY_SECRET
from edge_agent.settings.secret import Secret
from edge_agent.settings.sections.base import (
    DAY,
    Burst,
    File,
    Hidden,
    PerSecond,
    Plain,
    Port,
    Section,
)
from edge_agent.settings.values import EVENT, HOST, NETWORK, WEBHOOK_URL, duration
from edge_agent.webhooks.signing import key_of


class TlsSection(Section):
    """Encryption towards the broker."""

    enabled: bool = False
    ca_file: File | None = None
    certificate_file: File | None = None
    key_file: File | None = None

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("certificate_file and key_file go together")
        return self


class MqttSection(Section):
    """The broker."""

    enabled: bool = True
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Port = 1883
    username: str | None = None
    password: Hidden | None = None
    password_file: File | None = None
    protocol: Literal["5", "3.1.1"] = "5"
    client_id: str | None = None
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$")] = "edge/v1"
    keepalive: Annotated[float, duration("5 s", "10 min")] = 30.0
    session_expiry: Annotated[float, duration("0 s", "30 d")] = DAY
    tls: TlsSection = TlsSection()

    @model_validator(mode="after")
    def _login(self) -> Self:
        if self.password is not None and not self.username:
            raise ValueError("password is given, but no username")
        return self


class HttpTlsSection(Section):
    """The certificate of the https side."""

    certificate_file: File | None = None
    key_file: File | None = None
    names: list[Annotated[str, HOST]] = []

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("certificate_file and key_file go together")
        return self


class HttpSection(Section):
    """The HTTP door."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8800
    token: Hidden | None = None
    token_file: File | None = None
    metrics_key: Hidden | None = None
    metrics_key_file: File | None = None
    plain: Literal["signed", "all"] = "signed"
    tls: HttpTlsSection = HttpTlsSection()
    public_address: Annotated[str, Field(pattern=r"^(https?://[^/\s@]+)?$")] = ""
    links_valid: Annotated[float, duration("1 min", "365 d")] = DAY

    @field_validator("token", "metrics_key")
    @classmethod
    def _long_enough(cls, value: Secret | None) -> Secret | None:
        shortest = 16
        if value is not None and len(value.reveal()) < shortest:
            raise ValueError(f"must have at least {shortest} characters; openssl rand -hex 24")
        return value


class CloudSection(Section):
    """Clients of the cloud's interfaces."""

    requests_per_second: PerSecond = 200.0
    burst: Burst = 400


class AccessKeySection(Section):
    """A key of a client that signs its requests."""

    id: Annotated[str, Field(pattern=f"^{KEY_ID.pattern}$")]
    kind: Literal["aliyun", "top"] = "aliyun"
    role: Literal["full", "reader"] = "full"
    name: Annotated[str, Field(max_length=64)] = ""
    secret: Hidden | None = None
    secret_file: File | None = None
    requests_per_second: PerSecond | None = None
    burst: Burst | None = None

    @model_validator(mode="after")
    def _with_secret(self) -> Self:
        if self.secret is None:
            raise ValueError("secret or secret_file is required")
        if not KEY_SECRET.fullmatch(self.secret.reveal()):
            raise ValueError("secret must have 16 to 128 printable ASCII characters without blanks")
        return self


class WebhookSection(Section):
    """A host that is told what happens."""

    name: Plain
    url: Annotated[str, WEBHOOK_URL, Field(repr=False)]  # may hold a secret
    events: list[Annotated[str, EVENT]] = []
    secret: Hidden | None = None
    secret_file: File | None = None
    plain: bool = False
    ca_file: File | None = None
    networks: list[Annotated[str, NETWORK]] = []
    timeout: Annotated[float, duration("1 s", "1 min")] = 10.0
    keep: Annotated[float, duration("1 min", "30 d")] = 3 * DAY

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.secret is None:
            raise ValueError("secret or secret_file is required")
        shortest = 24
        if len(key_of(self.secret.reveal())) < shortest:
            raise ValueError(f"secret must have at least {shortest} bytes; openssl rand -base64 32")
        if not self.plain and urlsplit(self.url).scheme != "https":
            raise ValueError("url must begin with https://, or set plain: true")
        return self
