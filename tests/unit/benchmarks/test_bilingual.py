import pytest

from tests.benchmarks.bilingual import Judged, beside, told_beside
from tests.benchmarks.report import Report

ENGLISH = [Judged(1, 0.5), Judged(1, 0.3), Judged(2, 0.2), Judged(3, 1.0, known=False)]
CHINESE = [Judged(1, 0.2), Judged(2, 0.4), Judged(4, 1.0)]


def test_only_pictures_with_captions_in_both_languages_count_each_once() -> None:
    found = beside(ENGLISH, CHINESE)
    assert found.pictures == 2
    assert found.one == pytest.approx((0.4 + 0.2) / 2)
    assert found.ratio == pytest.approx((0.2 + 0.4) / (0.4 + 0.2))


def test_nothing_in_common_is_no_ratio() -> None:
    assert beside(ENGLISH[-1:], CHINESE).ratio == 0.0


def test_every_reading_is_told_and_one_of_them_is_the_target() -> None:
    report = Report("words")
    told_beside(report, {"en": ENGLISH, "zh": CHINESE})
    (target,) = report.targets
    assert target.name == "Chinese beside English, same pictures"
    assert target.value == pytest.approx(1.0)
    assert report.facts["Chinese beside English, all judged captions"] == pytest.approx(1.6 / 1.5)
    assert report.facts["the same pictures, without an unknown word"] == 2
