"""The doors, connected to the services that stand behind all of them."""

import logging
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from edge_agent import dashboard
from edge_agent.accounts import Logins, Users
from edge_agent.accounts.passwords import Passwords
from edge_agent.app.cloud import cloud_door
from edge_agent.app.resources import Resources, Services, Tasks
from edge_agent.app.status import VERSION
from edge_agent.audit import AuditLog
from edge_agent.cloud_api.entrance import Entrance
from edge_agent.commands.door import CommandDoor, CommandOptions
from edge_agent.commands.fingerprints import FingerprintOperations
from edge_agent.commands.images import ImageOperations
from edge_agent.commands.operations import Operations
from edge_agent.commands.staff import StaffOperations
from edge_agent.commands.text_search import TextSearchOperations
from edge_agent.commands.visits import VisitOperations
from edge_agent.commands.watchlists import WatchListOperations
from edge_agent.domain.errors import Unavailable
from edge_agent.evidence import EXPORT_KEY, ExportKey, Exports, Origin
from edge_agent.fingerprint import Dna, FingerprintReads
from edge_agent.images import ImageAnswers
from edge_agent.mqtt.client import Broker
from edge_agent.mqtt.topics import Topics
from edge_agent.rest_api.app import make_app
from edge_agent.rest_api.certificate import ServerCertificate
from edge_agent.rest_api.names import fit_names, names_of_box
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.serve import serve
from edge_agent.runtime import systemd
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.supervise import Backoff, keep_running
from edge_agent.settings import Settings
from edge_agent.sync.limits import OutboxLimits
from edge_agent.sync.sync import Sync, presence
from edge_agent.wire.links import LinkSigner

log = logging.getLogger(__name__)


def http_tasks(resources: Resources, services: Services) -> Tasks:
    """The HTTP port: REST, the page, and clients of the cloud."""
    certificate = server_certificate(resources.settings, resources.clock)
    services.status.watch_certificate(certificate)
    options = replace(resources.settings.http(resources.secret), strict=certificate.vouched)
    passwords = Passwords()
    parts = RestParts(
        audit=AuditLog(resources.store, resources.clock),
        exports=_exports(resources, services),
        erasure=services.erasure,
        users=Users(resources.store, resources.clock, passwords),
        logins=Logins(resources.store, passwords, token=options.token, clock=resources.clock),
        webhooks=services.webhooks,
        timezone=resources.settings.box.timezone,
        searches=services.searches,
        text_searches=services.text_searches,
        tasks=services.tasks,
        orders=services.orders,
        sessions=services.sessions,
        staff=services.staff,
        watchlists=services.watchlists,
        fingerprints=services.fingerprints,
        fingerprint_reads=FingerprintReads(resources.store),
        images=ImageAnswers(services.images, resources.settings.box.id),
        image_tasks=services.images.tasks.file,
        item_pictures=resources.store.images,
        queries=services.queries,
        query_picture=services.queries.query_picture,
        status=services.status.box,
        health=services.status,
        pictures=resources.store.pictures,
        clips=resources.store.clips,
        playback=services.playback,
        # Relative, so that the page works wherever it was opened, and as lasting as those of MQTT.
        links=LinkSigner(
            resources.secret("links").encode(),
            resources.clock,
            replace(resources.settings.links, base=""),
        ),
        knows=certificate.knows,
        clock=resources.clock,
        counters=resources.counters,
        version=VERSION,
    )
    door, nonces = cloud_door(
        resources.settings,
        resources.store,
        resources.secret,
        searches=services.searches,
        tasks=services.tasks,
        images=services.images,
        fingerprints=services.fingerprints,
        clock=resources.clock,
        counters=resources.counters,
    )
    app = make_app(parts, options, ahead=Entrance(door))
    app.router.routes.extend(dashboard.routes())

    def listening(port: int) -> None:
        systemd.notify(f"READY=1\nSTATUS=http and https on {options.host}:{port}")

    async def answer() -> None:
        await nonces.load()
        await serve(app, options, certificate.context, resources.counters, listening=listening)

    return {
        "http": answer(),
        "certificate": certificate.run(),
        "nonces": keep_running("nonces", nonces.run, retry_on=Unavailable, backoff=Backoff()),
    }


def _exports(resources: Resources, services: Services) -> Exports:
    box, secrets = resources.settings.box, resources.settings.state / "secrets"
    origin = Origin(
        tenant=box.tenant,
        store=box.store,
        box=box.id,
        version=VERSION,
        timezone=box.timezone,
    )
    key = partial(ExportKey.load_or_make, secrets / EXPORT_KEY)
    return Exports(resources.store, services.playback, key, origin, resources.clock)


def server_certificate(settings: Settings, clock: Clock) -> ServerCertificate:
    """Load the certificate of the https side; the box makes one where none is configured.

    Raises:
        Unusable: it cannot be used, or not be kept.
    """
    box, host = settings.box.id, settings.model.http.host
    public = urlsplit(settings.model.http.public_address).hostname
    named = fit_names([public] if public else [])

    def names() -> frozenset[str]:
        return names_of_box(box, host).union(named)

    return ServerCertificate(settings.certificate, box, names, clock)


def mqtt_tasks(resources: Resources, services: Services) -> Tasks:
    """The broker, and everything that goes over it; without one, the outbox's limits alone."""
    settings, clock, counters = resources.settings, resources.clock, resources.counters
    if settings.mqtt is None:
        log.warning("mqtt is switched off: events wait in the outbox, questions come over http")
        kept = OutboxLimits(resources.store, settings.sync, clock=clock, counters=counters)
        return {"outbox": kept.run()}
    box = settings.box
    prefix = settings.model.mqtt.prefix
    topics = Topics(prefix=prefix, tenant=box.tenant, store=box.store, box=box.id)
    links = LinkSigner(resources.secret("links").encode(), clock, settings.links)
    broker = Broker(
        settings.mqtt,
        presence=presence(topics, epoch=resources.store.epoch, version=VERSION, clock=clock),
        counters=counters,
    )
    services.status.watch(broker)
    sync = Sync(
        resources.store,
        broker,
        topics,
        links=links,
        options=settings.sync,
        clock=clock,
        counters=counters,
    )
    audit = AuditLog(resources.store, clock)
    door = CommandDoor(
        Operations(
            searches=services.searches,
            reads=services.queries,
            cameras=services.cameras,
            tasks=services.tasks,
            visits=VisitOperations(services.orders, services.sessions, audit),
            staff=StaffOperations(services.staff),
            fingerprints=FingerprintOperations(
                Dna(services.fingerprints, resources.store), services.fingerprints
            ),
            watchlists=WatchListOperations(services.watchlists, links),
            texts=TextSearchOperations(services.text_searches, services.queries, links),
            images=ImageOperations(ImageAnswers(services.images, box.id), links),
            status=services.status.box,
            links=links,
            audit=audit,
        ),
        resources.store,
        broker,
        topics,
        options=CommandOptions(),
        clock=clock,
        counters=counters,
    )
    return {"broker": broker.run(), "sync": sync.run(), "commands": door.run()}
