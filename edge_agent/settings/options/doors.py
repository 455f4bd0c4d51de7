"""Options of the ways in and out."""

from edge_agent.domain.access_key import AccessKey, KeyKind, KeyRole, Rate
from edge_agent.mqtt.options import BrokerOptions, TlsOptions
from edge_agent.rest_api.options import CertificateOptions
from edge_agent.settings.model import Model
from edge_agent.settings.sections.doors import AccessKeySection, MqttSection, WebhookSection
from edge_agent.settings.units import around, ms
from edge_agent.webhooks import WebhookTarget
from edge_agent.webhooks.signing import key_of


def usual_rate(model: Model) -> Rate:
    """How often a key may ask that names no rate of its own."""
    return Rate(per_second=model.cloud.requests_per_second, burst=model.cloud.burst)


def certificate_options(model: Model) -> CertificateOptions:
    """Where the certificate of the https side comes from."""
    written = model.http.tls
    return CertificateOptions(
        folder=model.paths.state / "tls",
        certificate_file=written.certificate_file,
        key_file=written.key_file,
        names=tuple(written.names),
    )


def access_key(written: AccessKeySection, usual: Rate) -> AccessKey:
    """A key of the file.

    Args:
        written: of the file.
        usual: the rate where the key names none.
    """
    return AccessKey(
        id=written.id,
        secret=written.secret.reveal() if written.secret else "",
        kind=KeyKind(written.kind),
        role=KeyRole(written.role),
        name=written.name,
        rate=Rate(
            per_second=written.requests_per_second or usual.per_second,
            burst=written.burst or usual.burst,
        ),
    )


def webhook_target(written: WebhookSection) -> WebhookTarget:
    """A webhook of the file."""
    return WebhookTarget(
        name=written.name,
        url=written.url,
        key=key_of(written.secret.reveal()) if written.secret else b"",
        kinds=frozenset(written.events) or None,
        plain=written.plain,
        ca_file=written.ca_file,
        networks=tuple(written.networks),
        timeout=written.timeout,
        keep_ms=ms(written.keep),
    )


def broker_options(model: Model) -> BrokerOptions:
    """The broker, and how this box signs in there."""
    written: MqttSection = model.mqtt
    box = model.box
    tls = written.tls
    return BrokerOptions(
        host=written.host,
        port=written.port,
        client_id=written.client_id or f"edge-agent-{box.tenant}-{box.store}-{box.id}",
        username=written.username,
        password=written.password.reveal() if written.password else None,
        protocol=written.protocol,
        keepalive=round(written.keepalive),
        session_expiry=round(written.session_expiry),
        payload_limit=around(model.search.largest_picture),
        tls=TlsOptions(
            ca_file=tls.ca_file, certificate_file=tls.certificate_file, key_file=tls.key_file
        )
        if tls.enabled
        else None,
    )
