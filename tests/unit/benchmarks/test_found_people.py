import numpy as np

from tests.benchmarks.found_people import Moment, found, people_in


def moment(at_ms: int, *lefts: float, numbers: tuple[int, ...] | None = None) -> Moment:
    boxes = np.array([[left, 0, left + 100, 200] for left in lefts], np.float32).reshape(-1, 4)
    return Moment(at_ms, numbers or tuple(range(len(lefts))), boxes)


def test_only_who_was_in_view_for_a_second_is_asked_for() -> None:
    moments = [moment(at, 0, 500) for at in range(0, 900, 66)]
    moments += [moment(at, 0, numbers=(0,)) for at in range(990, 1500, 66)]
    assert len(people_in(moments)) == 1


def test_a_person_is_found_who_is_covered_in_half_of_the_common_moments() -> None:
    people = people_in([moment(at, 0) for at in range(0, 2000, 66)])
    right = [moment(at, 10) for at in range(0, 1000, 198)]
    wrong = [moment(at, 300) for at in range(1056, 2000, 198)]
    assert found(people, right + wrong, 66.7) == [True]
    assert found(people, right[:3] + wrong, 66.7) == [False]
    assert found(people, [], 66.7) == [False]
    assert found(people, [moment(5000, 0)], 66.7) == [False]
