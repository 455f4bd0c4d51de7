from pathlib import Path

import pytest

from edge_agent.domain.errors import Unusable
from edge_agent.mqtt.options import TlsOptions
from edge_agent.mqtt.topics import Topics, last_level

TOPICS = Topics(tenant="t", store="s", box="b")


def test_topics_are_those_of_the_contract() -> None:
    assert TOPICS.root == "edge/v1/t/s/b"
    assert TOPICS.commands == "edge/v1/t/s/b/cmd/+"
    assert TOPICS.acknowledgements == "edge/v1/t/s/b/ack/+"
    assert TOPICS.event("track.ended") == "edge/v1/t/s/b/evt/track.ended"
    assert TOPICS.reply("r") == "edge/v1/t/s/b/reply/r"
    assert TOPICS.state == "edge/v1/t/s/b/state"
    assert last_level("edge/v1/t/s/b/cmd/box.status") == "box.status"


@pytest.mark.parametrize(
    "changes", [{"tenant": "a/b"}, {"box": "+"}, {"store": ""}, {"prefix": "a//b"}]
)
def test_ids_that_are_no_topic_levels(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must"):
        Topics(**{"tenant": "t", "store": "s", "box": "b", **changes})


def test_missing_certificates_are_named(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"mqtt\.tls"):
        TlsOptions(ca_file=tmp_path / "none.pem").context()
