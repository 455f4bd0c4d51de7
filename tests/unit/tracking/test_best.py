import itertools

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.tracking.best import BestShot, BestShotOptions

OPTIONS = BestShotOptions(good=0.5, better=0.05, much_better=0.2, least=0.1)


def offered(qualities: list[float]) -> tuple[BestShot[int], list[int]]:
    """Offer views in order; embed whenever asked to. Returns which were embedded."""
    best, embedded = BestShot[int](OPTIONS), []
    for number, quality in enumerate(qualities):
        if best.offer(quality, number, lambda number=number: number):  # type: ignore[misc]
            assert best.best is not None
            best.embedded(best.best)
            embedded.append(best.best.taken)
    return best, embedded


def test_the_first_good_view_is_embedded_and_then_only_much_better_ones() -> None:
    best, embedded = offered([0.2, 0.45, 0.55, 0.65, 0.74, 0.80, 0.9])
    assert embedded == [2, 5]
    assert best.best is not None
    assert best.best.taken == 6
    left = best.left_to_embed()
    assert left is not None
    assert left.taken == 6


def test_a_slightly_better_view_does_not_replace_the_kept_one() -> None:
    best, _ = offered([0.60, 0.63, 0.64, 0.66])
    assert best.best is not None
    assert best.best.taken == 3


def test_somebody_never_seen_well_is_embedded_at_the_end() -> None:
    best, embedded = offered([0.2, 0.3, 0.1])
    assert embedded == []
    left = best.left_to_embed()
    assert left is not None
    assert left.taken == 1


def test_a_useless_view_is_not_kept() -> None:
    best, _ = offered([0.05, 0.0])
    assert best.best is None
    assert best.left_to_embed() is None


def test_nothing_is_left_when_the_best_was_embedded() -> None:
    best, _ = offered([0.7, 0.3])
    assert best.left_to_embed() is None


@given(st.lists(st.floats(0, 1), max_size=30))
def test_what_is_kept_is_nearly_the_best_and_what_is_embedded_grows(
    qualities: list[float],
) -> None:
    best, embedded = offered(qualities)
    top = max(qualities, default=0.0)
    if best.best is None:
        assert top < OPTIONS.least
    else:
        assert best.best.quality > top - OPTIONS.better - 1e-9
    rises = [qualities[number] for number in embedded]
    assert all(later >= earlier + 0.2 - 1e-9 for earlier, later in itertools.pairwise(rises))
