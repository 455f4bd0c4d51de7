from edge_agent.sync.options import SyncOptions
from edge_agent.sync.pace import Paces

OPTIONS = SyncOptions(quiet=10, quiet_longest=60, resend_pause=1)


def test_one_who_advances_gets_nothing_again() -> None:
    paces = Paces(OPTIONS)
    assert not paces.acknowledged("c", advanced=True, now=0)


def test_one_who_says_where_it_is_gets_what_follows_but_not_all_the_time() -> None:
    paces = Paces(OPTIONS)
    assert paces.acknowledged("c", advanced=False, now=5)
    assert not paces.acknowledged("c", advanced=False, now=5.9)
    assert paces.acknowledged("c", advanced=False, now=6)


def test_probes_become_rarer_up_to_a_limit() -> None:
    paces = Paces(OPTIONS)
    probed = [second for second in range(400) if paces.behind("c", second)]
    assert probed == [10, 30, 70, 130, 190, 250, 310, 370]


def test_a_sign_of_life_after_silence_gets_everything_and_ends_the_silence() -> None:
    paces = Paces(OPTIONS)
    paces.behind("c", 0)
    assert not paces.silent("c")
    assert paces.behind("c", 10)
    assert paces.silent("c")
    assert paces.acknowledged("c", advanced=True, now=11)
    assert not paces.silent("c")
    assert not paces.behind("c", 20.9)
    assert paces.behind("c", 21)


def test_one_who_has_all_is_not_probed_soon_after_the_next_event() -> None:
    paces = Paces(OPTIONS)
    paces.up_to_date("c", 100)
    assert not paces.behind("c", 105)
    assert paces.behind("c", 110)
    assert not paces.silent("d")
