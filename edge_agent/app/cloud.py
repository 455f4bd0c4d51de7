"""Builds the door for clients of the cloud."""

from collections.abc import Callable
from dataclasses import replace

from edge_agent.cloud_api.dna import CloudDna
from edge_agent.cloud_api.door import CloudDoor, CloudParts
from edge_agent.cloud_api.images import CloudImages
from edge_agent.cloud_api.ports import Place
from edge_agent.cloud_api.searches import SearchesOptions
from edge_agent.fingerprint import Dna, Fingerprints
from edge_agent.images import ImageSearch
from edge_agent.keys import KeyOptions, Keys, NonceOptions, Nonces, Sealing
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.search import PictureSearches
from edge_agent.settings import Settings
from edge_agent.storage.store import Store
from edge_agent.tasks import RiskTasks
from edge_agent.wire.links import LinkSigner


def cloud_door(
    settings: Settings,
    store: Store,
    secret: Callable[[str], str],
    *,
    searches: PictureSearches,
    tasks: RiskTasks,
    images: ImageSearch,
    fingerprints: Fingerprints,
    clock: Clock,
    counters: Counters,
) -> tuple[CloudDoor, Nonces]:
    """Make the door, and the memory of nonces, which has to be loaded and kept running.

    Args:
        settings: name the box and its cameras.
        store: the truth.
        secret: the box's own secret of a name.
        searches: answers picture searches.
        tasks: the investigations.
        images: answers Image Search.
        fingerprints: answers media DNA.
        clock: tells the time.
        counters: count answers.
    """
    nonces = Nonces(store, NonceOptions(rate=settings.pace.rate), clock)
    links_key = secret("links").encode()

    def links(base: str) -> LinkSigner:
        # A configured address wins: the client may reach the box by one that others do not have.
        options = replace(settings.links, base=settings.links.base or base)
        return LinkSigner(links_key, clock, options)

    box = settings.box
    parts = CloudParts(
        keys=Keys(
            store,
            Sealing(secret("box-key")),
            KeyOptions(),
            clock,
            configured=settings.access_keys,
        ),
        nonces=nonces,
        searches=searches,
        tasks=tasks,
        images=CloudImages(images, box.id),
        dna=CloudDna(Dna(fingerprints, store)),
        store=store,
        place=Place(
            tenant=box.tenant,
            store=box.store,
            box=box.id,
            cameras={camera.id: camera.name for camera in settings.cameras},
        ),
        links=links,
        clock=clock,
        counters=counters,
    )
    options = SearchesOptions(most_hits=settings.search.most_hits)
    return CloudDoor(parts, settings.pace, options), nonces
