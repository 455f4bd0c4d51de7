import numpy as np
import pytest

from edge_agent.domain.attributes import COLOURS
from edge_agent.vision.colours import colour_shares, name_pixels

BLACK, RED, BLUE = (
    next(place for place, colour in enumerate(COLOURS) if colour.key == key)
    for key in ("black", "red", "blue")
)


def painted(*colours: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """One row of pixels, colours written as red green blue."""
    rows = [list(bytes.fromhex(colour)[::-1]) for colour in colours]
    return np.array([rows], np.uint8)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ("050505", "black"), ("7a7a7a", "grey"), ("fafafa", "white"), ("e3ded0", "white"),
        ("d01818", "red"), ("70101c", "red"), ("ff7a10", "orange"), ("7a4a20", "brown"),
        ("c8a878", "brown"), ("ffe020", "yellow"), ("208038", "green"), ("405030", "green"),
        ("2040d0", "blue"), ("1a2550", "blue"), ("90c0e8", "blue"), ("702080", "purple"),
        ("f8b0c0", "pink"), ("ff50a0", "pink"),
    ],
)  # fmt: skip
def test_a_colour_has_the_name_that_people_give_it(rgb: str, name: str) -> None:
    assert COLOURS[name_pixels(painted(rgb))[0]].key == name


def test_shares_say_how_much_of_a_patch_has_which_colour() -> None:
    shares = colour_shares(painted("ff0000", "0000ff", "f01010", "000000"))
    assert shares.dtype == np.float32
    assert shares[[RED, BLUE, BLACK]].tolist() == [0.5, 0.25, 0.25]
    assert shares.sum() == 1


def test_every_colour_and_trait_has_both_names() -> None:
    assert all(word.key and word.en and word.zh for word in COLOURS)
    assert len({word.zh for word in COLOURS}) == len(COLOURS) == 11
