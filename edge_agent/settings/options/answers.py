"""Options of the services that answer questions."""

from edge_agent.domain.image_item import ImageInstance, ServiceType
from edge_agent.fingerprint import FingerprintOptions
from edge_agent.images import ImagesOptions
from edge_agent.media.sampling import SampleLimits
from edge_agent.outbound import FetchLimits, PostLimits
from edge_agent.search.options import SearchOptions
from edge_agent.settings.model import Model
from edge_agent.settings.units import MIB, ms
from edge_agent.tasks import LinkingOptions


def fingerprint_options(model: Model) -> FingerprintOptions:
    """The `fingerprints` section, as the fingerprint service takes it."""
    written = model.fingerprints
    return FingerprintOptions(
        limits=SampleLimits(
            seconds=written.deadline, memory=written.memory, longest_s=written.longest
        ),
        fetch=FetchLimits(
            seconds=written.deadline,
            max_bytes=written.largest,
            allowed_networks=tuple(model.search.fetch_networks),
        ),
        lanes=written.at_once,
        history_ms=ms(written.history),
        recordings=written.recordings,
    )


def search_options(model: Model) -> SearchOptions:
    """The `search` section, as picture searches take it."""
    written = model.search
    return SearchOptions(
        picture_bytes=written.largest_picture,
        most_hits=written.most_hits,
        most_unfinished=written.most_unfinished,
        most_people=written.most_people,
        deadline_s=written.deadline,
        rebuild_wait_s=written.rebuild_wait,
    )


def images_options(model: Model) -> ImagesOptions:
    """The `images` section; pictures are fetched under the limits of the cloud."""
    return ImagesOptions(
        instances=tuple(
            ImageInstance(
                name=written.name,
                service=ServiceType(written.service),
                capacity=written.capacity,
                per_second=written.requests_per_second,
            )
            for written in model.images.instances
        ),
        import_folder=model.images.import_folder,
        look_again_share=model.index.reembed_share,
        callback=PostLimits(
            plain=model.images.plain_callbacks,
            allowed_networks=tuple(model.search.fetch_networks),
        ),
        fetch=FetchLimits(
            seconds=5.0,
            max_bytes=4 * MIB,
            allowed_networks=tuple(model.search.fetch_networks),
        ),
    )


def linking_options(model: Model) -> LinkingOptions:
    """The `sessions` section, as what links tracks into visits takes it."""
    written = model.sessions
    return LinkingOptions(
        gap_ms=ms(written.gap),
        body_within_ms=ms(written.body_within),
        overlapping=frozenset(frozenset(pair) for pair in written.overlapping),
        ways={frozenset((one, other)): ms(took) for one, other, took in written.ways},
    )
