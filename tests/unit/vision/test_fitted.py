from hypothesis import given
from hypothesis import strategies as st

from edge_agent.vision.fitted import size_for, sizes

SQUARE = (416, 416)


def test_a_square_input_has_three_shapes() -> None:
    assert sizes(SQUARE, 32) == [(256, 416), (416, 256), SQUARE]


def test_each_camera_gets_the_shape_of_its_picture() -> None:
    shapes = sizes(SQUARE, 32)
    chosen = {shape: size_for(shape, SQUARE, shapes) for shape in ((720, 1280), (1280, 720))}
    assert chosen == {(720, 1280): (256, 416), (1280, 720): (416, 256)}
    assert size_for((480, 640), SQUARE, shapes) == SQUARE
    assert size_for((600, 600), SQUARE, shapes) == SQUARE


@given(
    st.tuples(st.integers(1, 4000), st.integers(1, 4000)),
    st.tuples(st.integers(1, 30), st.integers(1, 30)),
)
def test_nobody_is_seen_smaller_than_in_the_packs_own(
    shape: tuple[int, int], cells: tuple[int, int]
) -> None:
    own = (cells[0] * 32, cells[1] * 32)
    chosen = size_for(shape, own, sizes(own, 32))
    assert chosen[0] <= own[0]
    assert chosen[1] <= own[1]
    scale = min(own[0] / shape[0], own[1] / shape[1])
    assert chosen[0] >= round(shape[0] * scale)
    assert chosen[1] >= round(shape[1] * scale)
