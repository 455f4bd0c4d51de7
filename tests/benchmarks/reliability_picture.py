"""A reliability diagram as SVG: what was told beside what was counted, in nats."""

from collections.abc import Iterable, Mapping

from edge_agent.domain.vector import Part
from tests.benchmarks.calibrating import Point

LEFT, RIGHT = -6, 12
SIDE, EDGE = 420, 56
COLOURS = {Part.FACE: "#2b6cb0", Part.BODY: "#b7472a"}


def drawn(points: Mapping[Part, Iterable[Point]]) -> str:
    """The picture; open circles are lower bounds, where no stranger came so near."""
    width = SIDE + EDGE + 24
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {width}" role="img"'
            ' aria-label="Evidence told beside evidence counted" font-family="sans-serif"'
            ' font-size="12">'
        ),
        f'<rect width="{width}" height="{width}" fill="#fff"/>',
        *_grid(),
        (
            f'<path d="M{_x(LEFT)} {_y(LEFT)}L{_x(RIGHT)} {_y(RIGHT)}" stroke="#888"'
            ' stroke-dasharray="4 4"/>'
        ),
    ]
    for row, (part, found) in enumerate(points.items()):
        colour = COLOURS[part]
        for one in found:
            fill = "#fff" if one.least else colour
            parts.append(
                f'<circle cx="{_x(one.told):.1f}" cy="{_y(one.counted):.1f}" r="5" fill="{fill}"'
                f' stroke="{colour}" stroke-width="2"/>'
            )
        parts.append(f'<text x="{EDGE + 12}" y="{32 + 18 * row}" fill="{colour}">{part}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _grid() -> list[str]:
    lines = []
    for nats in range(LEFT, RIGHT + 1, 3):
        x, y = _x(nats), _y(nats)
        lines += [
            f'<path d="M{x} {_y(LEFT)}V{_y(RIGHT)}M{_x(LEFT)} {y}H{_x(RIGHT)}" stroke="#e4e4e0"/>',
            f'<text x="{x}" y="{_y(LEFT) + 18}" text-anchor="middle" fill="#666">{nats}</text>',
            f'<text x="{_x(LEFT) - 8}" y="{y + 4}" text-anchor="end" fill="#666">{nats}</text>',
        ]
    return [
        *lines,
        f'<text x="{_x(3)}" y="{_y(LEFT) + 40}" text-anchor="middle">told, nats</text>',
        (
            f'<text x="16" y="{_y(3)}" text-anchor="middle" transform="rotate(-90 16 {_y(3)})">'
            "counted on other people, nats</text>"
        ),
    ]


def _x(nats: float) -> float:
    return EDGE + (nats - LEFT) / (RIGHT - LEFT) * SIDE


def _y(nats: float) -> float:
    return 12 + SIDE - (nats - LEFT) / (RIGHT - LEFT) * SIDE
