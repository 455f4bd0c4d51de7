"""Counts and gauges of the running box, and their Prometheus text form.

Counters are only ever touched on the event loop, so there is no lock. A metric is named once,
where it is made; doors read them all through `render`.
"""

from collections.abc import Callable, Iterable

Labels = tuple[tuple[str, str], ...]


class Counter:
    """A number that only grows, per set of labels."""

    def __init__(self, name: str, meaning: str) -> None:
        self.name = name
        self.meaning = meaning
        self.values: dict[Labels, float] = {}

    def add(self, amount: float = 1, **labels: str) -> None:
        """Count `amount` more under these labels."""
        key = tuple(sorted(labels.items()))
        self.values[key] = self.values.get(key, 0.0) + amount

    def get(self, **labels: str) -> float:
        """What has been counted under exactly these labels."""
        return self.values.get(tuple(sorted(labels.items())), 0.0)


class Counters:
    """Every metric of the process; made once by the composition root and handed to who counts."""

    def __init__(self) -> None:
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, tuple[str, Callable[[], Iterable[tuple[Labels, float]]]]] = {}

    def counter(self, name: str, meaning: str) -> Counter:
        """Make a counter, or return the one of that name."""
        return self._counters.setdefault(name, Counter(name, meaning))

    def read(self, name: str) -> dict[Labels, float]:
        """What one counter has counted, by labels; nothing where there is none of that name."""
        counter = self._counters.get(name)
        return dict(counter.values) if counter else {}

    def gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Publish a value that is read whenever somebody looks."""
        self.gauges(name, meaning, lambda: [((), read())])

    def gauges(
        self, name: str, meaning: str, read: Callable[[], Iterable[tuple[Labels, float]]]
    ) -> None:
        """Publish a family of labelled values that are read whenever somebody looks."""
        self._gauges[name] = (meaning, read)

    def render(self) -> str:
        """All metrics in Prometheus' text format 0.0.4."""
        lines: list[str] = []
        for counter in self._counters.values():
            lines += _family(counter.name, "counter", counter.meaning, counter.values.items())
        for name, (meaning, read) in self._gauges.items():
            lines += _family(name, "gauge", meaning, read())
        return "\n".join(lines) + "\n"


def _family(
    name: str, kind: str, meaning: str, samples: Iterable[tuple[Labels, float]]
) -> list[str]:
    said = meaning.replace("\\", r"\\").replace("\n", r"\n")
    lines = [f"# HELP {name} {said}", f"# TYPE {name} {kind}"]
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escape(text)}"' for key, text in labels)
        lines.append(
            f"{name}{{{inside}}} {_number(value)}" if inside else f"{name} {_number(value)}"
        )
    return lines


def _number(value: float) -> str:
    """All digits, or a counter above a million would stand still between scrapes."""
    number = float(value)
    return f"{number:.0f}" if number.is_integer() else repr(number)


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
