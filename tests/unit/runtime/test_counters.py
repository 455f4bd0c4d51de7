import re

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.runtime.counters import Counters

SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? (\S+)", re.DOTALL)
LABEL = re.compile(r'([a-z]+)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
UNESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def samples(text: str) -> list[tuple[str, dict[str, str], float]]:
    """Read the text form, as its specification says."""
    assert text.endswith("\n")
    found = []
    for line in text[:-1].split("\n"):
        if line.startswith("#"):
            continue
        match = SAMPLE.fullmatch(line)
        assert match is not None, line
        name, labels, value = match.groups()
        pairs = LABEL.findall(labels or "")
        assert sum(len(f'{key}="{text}"') for key, text in pairs) + max(0, len(pairs) - 1) == len(
            labels or ""
        )
        read = {key: re.sub(r"\\.", lambda found: UNESCAPED[found[0]], text) for key, text in pairs}
        found.append((name, read, float(value)))
    return found


def test_the_text_form_as_prometheus_reads_it() -> None:
    counters = Counters()
    frames = counters.counter("edge_agent_frames_total", "Frames seen.")
    frames.add(camera="till", whose="box")
    frames.add(2, whose="box", camera="till")
    frames.add(0.5, camera="door")
    counters.counter("edge_agent_idle_total", "Nothing yet.")
    counters.gauge("edge_agent_waiting", "Waiting now.", lambda: 7)
    counters.gauges("edge_agent_size", "Of files.", lambda: [((("kind", "clips"),), 3.0)])
    assert counters.render() == (
        "# HELP edge_agent_frames_total Frames seen.\n"
        "# TYPE edge_agent_frames_total counter\n"
        'edge_agent_frames_total{camera="till",whose="box"} 3\n'
        'edge_agent_frames_total{camera="door"} 0.5\n'
        "# HELP edge_agent_idle_total Nothing yet.\n"
        "# TYPE edge_agent_idle_total counter\n"
        "# HELP edge_agent_waiting Waiting now.\n"
        "# TYPE edge_agent_waiting gauge\n"
        "edge_agent_waiting 7\n"
        "# HELP edge_agent_size Of files.\n"
        "# TYPE edge_agent_size gauge\n"
        'edge_agent_size{kind="clips"} 3\n'
    )


@given(st.dictionaries(st.text(max_size=20), st.integers(1, 1000), max_size=5))
def test_any_text_may_be_a_label(counts: dict[str, int]) -> None:
    counters = Counters()
    counter = counters.counter("named_total", "Of names.")
    for name, count in counts.items():
        counter.add(count, name=name, other="a,b")
    expected = [("named_total", {"name": name, "other": "a,b"}, count) for name, count in
                counts.items()]  # fmt: skip
    assert samples(counters.render()) == expected


@given(st.integers(0, 2**53) | st.floats(0, 1e300))
def test_no_digit_is_lost(value: float) -> None:
    counters = Counters()
    counters.counter("bytes_total", "Bytes.").add(value)
    assert samples(counters.render()) == [("bytes_total", {}, float(value))]


def test_a_large_counter_shows_every_single_step() -> None:
    counters = Counters()
    counter = counters.counter("bytes_total", "Bytes.")
    counter.add(123_456_789)
    before = counters.render()
    counter.add()
    assert counters.render() != before
    assert "123456790" in counters.render()


def test_a_meaning_of_two_lines_stays_one_comment() -> None:
    counters = Counters()
    counters.counter("a_total", "One line.\nAnd \\ another.")
    assert counters.render().splitlines()[0] == r"# HELP a_total One line.\nAnd \\ another."


def test_a_counter_is_made_once() -> None:
    counters = Counters()
    counters.counter("a_total", "First.").add(camera="door")
    again = counters.counter("a_total", "Second.")
    assert again.get(camera="door") == 1
    assert again.get() == 0
    assert again.get(camera="till") == 0


def test_a_gauge_is_read_whenever_somebody_looks() -> None:
    counters, values = Counters(), [1.0]
    counters.gauge("now", "Now.", lambda: values[-1])
    first = counters.render()
    values.append(2.5)
    assert (samples(first)[0][2], samples(counters.render())[0][2]) == (1.0, 2.5)
