"""config/edge-agent.yaml, docs/configuration.md and the model say the same."""

import re
from pathlib import Path

import pytest
import yaml

from edge_agent.domain.errors import Unusable
from edge_agent.ingest.source import IngestOptions
from edge_agent.mqtt.options import BrokerOptions
from edge_agent.outbound import FetchLimits
from edge_agent.pipeline.memory import MemoryOptions
from edge_agent.pipeline.recorder import FragmentOptions
from edge_agent.playback import PlaybackOptions
from edge_agent.search.options import SearchOptions
from edge_agent.settings.describe import describe
from edge_agent.settings.document import dotted, read_file
from edge_agent.settings.gather import gather
from edge_agent.settings.load import load_settings
from edge_agent.settings.model import Model
from edge_agent.settings.problems import all_keys, model_at
from edge_agent.sync.options import SyncOptions
from edge_agent.tracking.best import BestShotOptions
from edge_agent.tracking.tracker import TrackerOptions
from edge_agent.upkeep import UpkeepOptions
from edge_agent.vision.threads import VisionThreadsOptions
from edge_agent.vision.vision import VisionOptions
from edge_agent.wire.links import LinkOptions

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "config" / "edge-agent.yaml"


def with_example_camera() -> str:
    """The shipped file with its commented example camera put in force."""
    text = SHIPPED.read_text("utf-8")
    entry = re.search(r"^#   - id: entrance.*?(?=^cameras:)", text, re.DOTALL | re.MULTILINE)
    assert entry is not None
    lines = [line.removeprefix("#") for line in entry[0].splitlines()]
    return text.replace("cameras: []", "cameras:\n" + "\n".join(lines))


def with_examples() -> str:
    """The shipped file with all its commented examples put in force."""
    text = with_example_camera()
    for section, first in (("access_keys", "id: LTAI"), ("webhooks", "name: desk")):
        shown = re.search(rf"^#   - {first}.*?(?=^{section}:)", text, re.DOTALL | re.MULTILINE)
        assert shown is not None
        lines = [line.removeprefix("#") for line in shown[0].splitlines()]
        text = text.replace(f"{section}: []", f"{section}:\n" + "\n".join(lines))
    instance = re.search(r"^#   - name: goods.*?(?=^images:)", text, re.DOTALL | re.MULTILINE)
    assert instance is not None
    lines = ["  " + line.removeprefix("#") for line in instance[0].splitlines()]
    return text.replace("  instances: []", "  instances:\n" + "\n".join(lines))


def test_the_shipped_values_are_the_defaults() -> None:
    assert load_settings(SHIPPED, {}).model == Model()


def test_every_key_stands_in_the_shipped_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "edge-agent.yaml"
    path.write_text(with_examples(), "utf-8")
    places = read_file(path).places
    written = {tuple(part for part in key if isinstance(part, str)) for key in places} - {()}
    assert written == set(all_keys(Model))


def test_the_example_camera_is_one(tmp_path: Path) -> None:
    path = tmp_path / "edge-agent.yaml"
    path.write_text(with_example_camera().replace("password_file: null ", "# "), "utf-8")
    (camera,) = load_settings(path, {"EDGE_AGENT_CAMERAS__0__PASSWORD": "secret"}).cameras
    assert camera.source.url == "rtsp://viewer:secret@192.0.2.7:554/stream1"


def test_the_example_key_is_one(tmp_path: Path) -> None:
    path, secret = tmp_path / "edge-agent.yaml", "a-secret-of-a-shop"
    (tmp_path / "shop-key").write_text(f"{secret}\n")
    webhook = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
    (tmp_path / "desk-secret").write_text(f"{webhook}\n")
    shown = re.sub(
        r" secret_file: null( +# that file, as in )(\S+)", r" secret_file: \2", with_examples()
    )
    path.write_text(shown.replace("\n     password_file: null ", "\n     # "), "utf-8")
    settings = load_settings(path, {"EDGE_AGENT_CAMERAS__0__PASSWORD": "x"})
    (key,) = settings.access_keys
    (desk,) = settings.webhooks
    assert (desk.name, desk.key, desk.kinds) == ("desk", b"012345678901234567890123", None)
    assert (key.id, key.secret, key.kind, key.role) == ("LTAIexample", secret, "aliyun", "full")
    told = repr(settings) + describe(settings)
    assert secret not in told
    assert webhook.removeprefix("whsec_") not in told


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{id: abcd}", "secret or secret_file is required"),
        ("{id: abcd, secret: short}", "16 to 128"),
        ("{id: 'a b', secret: 0123456789abcdef0}", "id"),
        ("{id: abcd, kind: other, secret: 0123456789abcdefg}", "kind"),
        (
            "{id: abcd, secret: 0123456789abcdefg}, {id: abcd, secret: 0123456789abcdefg}",
            "two keys",
        ),
    ],
)
def test_what_is_no_key(tmp_path: Path, entry: str, said: str) -> None:
    path = tmp_path / "edge-agent.yaml"
    path.write_text(f"access_keys: [{entry}]\n", "utf-8")
    with pytest.raises(Unusable, match=said) as refusal:
        load_settings(path, {})
    assert "0123456789abcdef" not in str(refusal.value)


def test_the_defaults_of_a_camera_are_those_shown() -> None:
    shown = yaml.safe_load(with_example_camera())["cameras"][0]
    camera = model_at(Model, ("cameras", 0))
    assert camera is not None
    examples = ("id", "url", "name", "username", "zones", "lines")
    shown_defaults = {key: value for key, value in shown.items() if key not in examples}
    assert shown_defaults == {
        name: known.default for name, known in camera.model_fields.items() if name not in examples
    }
    assert [zone["point"] for zone in (*shown["zones"], *shown["lines"])] == ["feet", "feet"]


def test_the_defaults_are_those_of_the_rooms() -> None:
    settings = gather(Model())
    assert settings.ingest == IngestOptions()
    assert settings.vision == VisionOptions()
    assert settings.vision_threads == VisionThreadsOptions()
    assert settings.tracker == TrackerOptions()
    assert settings.face_shot == BestShotOptions(least=0.35)
    assert settings.body_shot == BestShotOptions()
    assert settings.fragments == FragmentOptions()
    assert settings.playback == PlaybackOptions()
    assert settings.memory == MemoryOptions()
    assert settings.search == SearchOptions()
    assert settings.fetch == FetchLimits(max_bytes=settings.search.picture_bytes)
    assert settings.sync == SyncOptions()
    assert settings.upkeep == UpkeepOptions()
    assert settings.links == LinkOptions()
    assert settings.mqtt == BrokerOptions(client_id="edge-agent-default-store-1-box-1")


def test_the_page_lists_every_key_with_its_default(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \| `([^`]*)` \|", page, re.MULTILINE))
    path = tmp_path / "edge-agent.yaml"
    path.write_text(with_examples(), "utf-8")
    lines = path.read_text("utf-8").splitlines()
    wanted = {}
    for key, place in read_file(path).places.items():
        value = (
            re.search(rf"{key[-1]}: +([^\s#].*?)(?: +#.*)?$", lines[_line(place)]) if key else None
        )
        if value and isinstance(key[-1], str):
            name = dotted(tuple(part for part in key if isinstance(part, str)))
            wanted[name] = value[1]
    assert rows == wanted


def _line(place: str) -> int:
    return int(place.rpartition(":")[2]) - 1
