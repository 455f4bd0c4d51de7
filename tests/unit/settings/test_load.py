import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from edge_agent.domain.errors import Unusable
from edge_agent.rest_api.options import CertificateOptions
from edge_agent.settings import Settings, check_surroundings, describe, load_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "edge-agent.yaml"
    path.write_text(text, "utf-8")
    return path


def load(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> Settings:
    return load_settings(write(folder, text), environment or {})


def problems(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(Unusable) as caught:
        load(folder, text, environment)
    return [
        line.strip().removeprefix(f"{folder}/edge-agent.yaml")
        for line in str(caught.value).splitlines()[1:]
    ]


def test_the_login_holds_for_the_substream_too(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        cameras:
          - id: door
            url: "rtsp://192.0.2.7/1"
            detect_url: "rtsp://192.0.2.7/2"
            username: viewer
            password: secret
        """,
    )
    (door,) = settings.cameras
    assert door.source.url == "rtsp://viewer:secret@192.0.2.7/1"
    assert door.source.detect_url == "rtsp://viewer:secret@192.0.2.7/2"
    assert door.source.looked_at().url == door.source.detect_url
    assert "secret" not in describe(settings)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("url: clip.mp4, detect_url: clip.mp4", "detect_url is the url"),
        ('url: clip.mp4, detect_url: "ftp://192.0.2.7/2"', "detect_url"),
        (
            'url: "rtsp://192.0.2.7/1", detect_url: "rtsp://a:b@192.0.2.7/2", username: viewer',
            "the detect_url names one as well",
        ),
    ],
)
def test_a_substream_that_cannot_be_is_refused(tmp_path: Path, entry: str, said: str) -> None:
    (problem,) = problems(tmp_path, f"cameras: [{{id: door, {entry}}}]")
    assert said in problem


def test_a_substream_that_is_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    settings = load(tmp_path, "cameras: [{id: door, url: clip.mp4, detect_url: small.mp4}]")
    said = [line for line in check_surroundings(settings) if line.startswith("cameras[0].detect")]
    assert len(said) == 1
    assert "there is no file" in said[0]
    assert said[0].endswith("small.mp4")


def test_an_empty_file_means_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert settings.box.topics == "edge/v1/default/store-1/box-1"
    assert settings.cameras == ()
    assert settings.mqtt is not None


def test_values_reach_the_options_of_the_rooms(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        box: {tenant: acme, store: s1, id: b1, timezone: Asia/Shanghai}
        cameras:
          - {id: door, url: "rtsp://192.0.2.7/1", username: "a b", password: p@ss/w, detect_fps: 8}
          - {id: till, url: clip.mp4, loop: false, enabled: false, clips: never}
          - {id: hall, url: clip.mp4, masks: [[[0, 0], [0.5, 0], [0.5, 1]]]}
          - {id: dock, url: clip.mp4, masks: [[[0, 0], [1, 0], [1, 1]]], clips: as_sent}
        fragments: {pre_roll: 3 s, longest: 1 min}
        retention: {tracks: 7 d, clips: 2 d}
        disk: {stop_recording_below: 5 %}
        mqtt: {host: broker, port: 8883, tls: {enabled: true}, prefix: x/y}
        search: {largest_picture: 8 MiB, face_threshold: 0.4}
        http:
          public_address: "https://box.example"
          token: 0123456789abcdef
          plain: all
          tls: {certificate_file: c.pem, key_file: k.pem, names: [box.example, 10.0.0.7]}
        """,
    )
    door, till, hall, dock = settings.cameras
    assert door.source.url == "rtsp://a%20b:p%40ss%2Fw@192.0.2.7/1"
    assert (door.source.detect_fps, till.source.loop, till.enabled) == (8, False, False)
    assert [camera.record for camera in settings.cameras] == [True, False, True, True]
    assert list(hall.source.masks) == [((0, 0), (0.5, 0), (0.5, 1))]
    assert hall.clip_masks == hall.source.masks
    assert (len(dock.source.masks), dock.clip_masks) == (1, ())
    assert settings.ingest.preroll.seconds == 3
    assert settings.fragments.longest == 60
    assert settings.upkeep.retention.clips_ms == 2 * 86_400_000
    assert settings.upkeep.disk.stop_recording_below.of(1000) == 50
    assert settings.mqtt is not None
    assert (settings.mqtt.host, settings.mqtt.port) == ("broker", 8883)
    assert settings.mqtt.tls is not None
    assert settings.mqtt.client_id == "edge-agent-acme-s1-b1"
    assert settings.mqtt.payload_limit > 8 << 20 < settings.http(str).body_bytes
    assert settings.box.topics == "x/y/acme/s1/b1"
    assert settings.vision.face_threshold == 0.4
    assert settings.links.base == "https://box.example"
    http = settings.http(lambda name: f"made for {name}")
    assert (http.token, http.metrics_key) == ("0123456789abcdef", "made for metrics-key")
    assert (http.plain, http.public_address) == ("all", "https://box.example")
    assert settings.certificate == CertificateOptions(
        folder=settings.state / "tls",
        certificate_file=Path("c.pem"),
        key_file=Path("k.pem"),
        names=("box.example", "10.0.0.7"),
    )


def test_all_mistakes_are_named_at_once_with_their_lines(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """\
box:
  id: "front door"
  timezone: Europe/Atlantis
http:
  prot: 8080
  port: 70000
  links_valid: 3
mqtt:
  tls: {certificate_file: a.pem}
token: x
cameras:
  - id: a
    url: gopher://x
    detect_fps: fast
    masks:
      - [[0, 0], [640, 0], [640, 360]]
  - id: a
    url: rtsp://h/1
""",
    )
    text = "\n".join(found)
    assert ":2: box.id: 'front door' is not accepted: may hold 1 to 64 letters" in text
    assert ":3: box.timezone: 'Europe/Atlantis' is no time zone" in text
    assert ":5: http.prot: unknown key; did you mean http.port?" in text
    assert re.search(r":6: http.port: 70000 .*less than or equal to 65535", text)
    assert re.search(r":7: http.links_valid: 3 .*unit is missing", text)
    assert ":9: mqtt.tls: certificate_file and key_file go together" in text
    assert ":10: token: unknown key here; it belongs to http.token" in text
    assert re.search(r":13: cameras\[0\].url: 'gopher://x' .*rtsp", text)
    assert ":14: cameras[0].detect_fps: 'fast' is not accepted: must be a number" in text
    assert ":16: cameras[0].masks[0]: corner [640, 0] is outside of the picture" in text
    assert len(found) == 10


def test_two_cameras_of_one_id_are_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, "cameras: [{id: a, url: x.mp4}, {id: a, url: y.mp4}]")
    assert found == [":1: cameras: two cameras have the id a; ids are given once"]


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, "http:\n  port: 1\n  port: 2\n")
    assert len(found) == 1
    assert ":3: http.port: stands here a second time" in found[0]


@pytest.mark.parametrize(
    "text", ["http: [1", "- a\n- b", "just text", "a: &x [*x]", "\x07", "a: b: c"]
)
def test_what_is_no_configuration_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unusable) as caught:
        load(tmp_path, text)
    assert "edge-agent.yaml" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cameras: {id: a}", "cameras: must be a list"),
        ("http: 8080", "http: 8080 is not accepted: must hold keys"),
        ("cameras: [rtsp://x]", "cameras[0]: 'rtsp://x' is not accepted: must hold keys"),
        ("cameras: [{url: x.mp4}]", "cameras[0].id: is required"),
        ("box: {id: 7}", "box.id: 7 is not text; put it in quotes"),
        ("vision: {download: 1}", "vision.download: 1 is not accepted: must be true or false"),
        ("tracking: {low_score: 0.9}", "tracking: low_score must not be above high_score"),
        (
            "retention: {tracks: 1 d}",
            "retention: clips (30 d) must not be kept longer than tracks (1 d)",
        ),
        ("mqtt: {protocol: 5}", "mqtt.protocol: 5 is not accepted: must be '5' or '3.1.1'"),
        ("mqtt: {prefix: a/+/b}", "mqtt.prefix: 'a/+/b' is not accepted"),
        ("disk: {resume_above: lots}", "disk.resume_above: 'lots' is not accepted"),
        ("vision: {face_input: 641x384}", "multiples of 32"),
        ("cameras: [{id: a, url: 'rtsp://u:p@h/', username: u}]", "keep one of them"),
        ("cameras: [{id: a, url: 'rtsp://h/', password: p}]", "no username"),
        ("http: {plain: none}", "http.plain: 'none' is not accepted: must be 'signed' or 'all'"),
        ("http: {tls: {names: ['a b']}}", "http.tls.names[0]: 'a b' is no host name and no addr"),
        ("http: {tls: {key_file: k.pem}}", "certificate_file and key_file go together"),
    ],
)
def test_wrong_values_are_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in "\n".join(problems(tmp_path, text))


def test_the_environment_wins_and_is_named_in_messages(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        "http: {port: 1}\ncameras: [{id: a, url: x.mp4, username: u}]",
        {
            "EDGE_AGENT_HTTP__PORT": "8123",
            "EDGE_AGENT_MQTT__ENABLED": "false",
            "EDGE_AGENT_CAMERAS__0__URL": "rtsp://h/1",
            "EDGE_AGENT_CAMERAS__0__PASSWORD": "0123",
            "EDGE_AGENT_MODEL_MIRROR": "/not/ours",
        },
    )
    assert settings.http(str).port == 8123
    assert settings.mqtt is None
    assert settings.cameras[0].source.url == "rtsp://u:0123@h/1"
    found = problems(
        tmp_path,
        "",
        {
            "EDGE_AGENT_HTTP__PROT": "1",
            "EDGE_AGENT_CAMERAS__4__URL": "x",
            "EDGE_AGENT_HTTP__PORT": "many",
        },
    )
    text = "\n".join(found)
    assert "EDGE_AGENT_HTTP__PROT: http.prot: unknown key; did you mean http.port?" in text
    assert "EDGE_AGENT_CAMERAS__4__URL: cameras[4].url: there is no such place" in text
    assert "EDGE_AGENT_HTTP__PORT: http.port: 'many' is not accepted" in text


def test_secrets_come_from_files_credentials_first(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "mqtt-password").write_text("from systemd\n")
    (tmp_path / "mqtt-password").write_text("from beside\n")
    (tmp_path / "door").write_text("s3cret")
    text = """
        mqtt: {username: u, password_file: mqtt-password}
        cameras: [{id: a, url: "rtsp://h/1", username: u, password_file: door}]
    """
    beside = load(tmp_path, text)
    assert beside.mqtt is not None
    assert beside.mqtt.password == "from beside"
    assert beside.cameras[0].source.url == "rtsp://u:s3cret@h/1"
    systemd = load(tmp_path, text, {"CREDENTIALS_DIRECTORY": str(credentials)})
    assert systemd.mqtt is not None
    assert systemd.mqtt.password == "from systemd"


def test_a_secret_file_that_is_missing_or_one_too_many_is_named(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "mqtt: {username: u, password: x, password_file: nowhere}\n"
        "http: {token_file: nowhere-either}",
    )
    assert len(found) == 2
    assert ":1: mqtt.password_file: password is given as well" in found[0]
    assert ":2: http.token_file: cannot read" in found[1]
    assert "No such file" in found[1]


def test_secrets_stand_in_no_message_and_no_description(tmp_path: Path) -> None:
    text = """
        mqtt: {username: u, password: hunter2hunter2}
        http: {token: hunter2-is-a-good-one}
        cameras: [{id: a, url: "rtsp://me:hunter2@192.0.2.7/1"}]
    """
    settings = load(tmp_path, text)
    described = describe(settings)
    assert "hunter2" not in described + repr(settings) + repr(settings.model)
    assert "mqtt.password = ***" in described
    assert "cameras[0].url = rtsp://***@192.0.2.7/1" in described
    wrong = problems(
        tmp_path,
        "mqtt: {username: u, password: [hunter2]}\nhttp: {token: hunter2}\n"
        "cameras: [{id: a, url: 'gopher://me:hunter2@h'}]\nbox: {id: '7 7'}",
    )
    assert len(wrong) == 4
    assert "hunter2" not in "\n".join(wrong)


def test_the_surroundings_are_looked_at(tmp_path: Path) -> None:
    fine = load(
        tmp_path, f"paths: {{state: {tmp_path}/state}}\ndisk: {{stop_recording_below: 1 KiB}}"
    )
    assert check_surroundings(fine) == []
    wrong = load(
        tmp_path,
        f"""
        paths: {{state: {tmp_path}/edge-agent.yaml/state, model_mirror: {tmp_path}/none}}
        disk: {{stop_recording_below: 100 %}}
        cameras: [{{id: a, url: {tmp_path}/none.mp4}}]
        mqtt: {{tls: {{enabled: true, ca_file: {tmp_path}/none.pem}}}}
        """,
    )
    text = "\n".join(check_surroundings(wrong))
    for key in (
        "paths.state",
        "paths.models",
        "paths.model_mirror",
        "disk.stop",
        "cameras[0].url",
        "mqtt.tls",
    ):
        assert key in text


PLACES = """\
cameras:
  - id: door
    url: x.mp4
    zones:
      - name: 收银台
        kind: till
        corners: [[0, 0], [1, 0], [1, 1], [0, 1]]
      - {name: hall, corners: [[0, 0], [1, 0], [1, 1]], stay_after: 20 s, point: head}
    lines:
      - {name: sill, start: [0.5, 1], end: [0.5, 0]}
"""


def test_zones_and_lines_reach_their_camera(tmp_path: Path) -> None:
    (camera,) = load(tmp_path, PLACES).cameras
    till, hall = camera.places.zones
    assert (till.name, till.kind.value, till.stay_after_ms) == ("收银台", "till", 3000)
    assert (hall.kind.value, hall.stay_after_ms, hall.mark.value) == ("plain", 20_000, "head")
    (line,) = camera.places.lines
    assert (line.name, line.start, line.end, line.mark.value) == (
        "sill",
        (0.5, 1),
        (0.5, 0),
        "feet",
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[1, 0], [1, 1], [0, 1]]", "[1, 1], [1, 0], [0.2, 1]]", ":7: .*corners: .*crosses itself"),
        (
            "[0, 0], [1, 0], [1, 1], [0",
            "[0, 0], [1, 0], [1, 1.5], [0",
            r":7: .*\[1, 1.5\] is outside",
        ),
        ("[[0, 0], [1, 0], [1, 1], [0, 1]]", "[[0, 0], [1, 0]]", ":7: .*3 to 64 corners"),
        ("[[0, 0], [1, 0], [1, 1], [0, 1]]", "[[0, 0], [1, 0], [1, 1], [0, 0]]", ":7: .*twice"),
        ("[[0, 0], [1, 0], [1, 1], [0, 1]]", "everything", ":7: .*corners"),
        ("name: hall", "name: 收银台", ":4: .*two zones or lines .* 收银台"),
        ("name: sill", "name: hall", ":9: .*two zones or lines .* hall"),
        ("end: [0.5, 0]", "end: [0.5, 1]", ":10: .*line is shorter"),
        ("end: [0.5, 0]", "end: [0.5, -1]", ":10: .*end .*outside"),
        ("name: 收银台", "name: ' till'", ":5: .*printable"),
        ("name: 收银台", "name: door", ":1: .*door is a camera and a till"),
        ("kind: till", "kind: checkout", ":6: .*'till'"),
        ("stay_after: 20 s", "stay_after: 20", ":8: .*the unit is missing"),
    ],
)
def test_a_bad_drawing_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in PLACES
    (problem,) = problems(tmp_path, PLACES.replace(old, new, 1))
    assert re.match(said, problem), problem
