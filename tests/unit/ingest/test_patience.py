"""Who has no processor is slow and not hung."""

import os

from edge_agent.ingest.patience import AT_MOST, Patience, waited_for_processor


class Kernel:
    """What it says of a worker."""

    def __init__(self) -> None:
        self.waited = 0.0

    def __call__(self) -> float:
        return self.waited


def killed_after(kernel: Kernel, patience: Patience, share: float) -> float:
    """When a worker that says nothing is given up, kept waiting for a share of the time."""
    now, began = patience.until, kernel.waited
    while True:
        kernel.waited = began + share * now
        if patience.over(now):
            return now
        assert patience.until > now
        now = patience.until


def test_who_is_blocked_gets_its_limit() -> None:
    kernel = Kernel()
    assert 20 <= killed_after(kernel, Patience(kernel, 0, 20), 0) < 20.2


def test_who_gets_half_a_processor_gets_twice_the_time() -> None:
    kernel = Kernel()
    assert 39.8 <= killed_after(kernel, Patience(kernel, 0, 20), 0.5) < 40.2


def test_no_load_excuses_for_ever() -> None:
    kernel = Kernel()
    assert killed_after(kernel, Patience(kernel, 0, 20), 1) < AT_MOST * 20 + 0.2


def test_what_it_waited_before_it_was_heard_is_no_excuse() -> None:
    kernel = Kernel()
    patience = Patience(kernel, 0, 20)
    kernel.waited = 500
    patience.renew(30, 6)
    assert patience.until == 36
    assert not patience.over(36)  # it may have spoken while we were late
    assert patience.over(patience.until)


def test_who_is_heard_at_the_last_chance_goes_on() -> None:
    kernel = Kernel()
    patience = Patience(kernel, 0, 20)
    assert not patience.over(20)
    patience.renew(20.01, 6)
    assert not patience.over(26.01)
    assert patience.over(patience.until)


def test_the_kernel_accounts_waiting_and_knows_nothing_of_who_is_gone() -> None:
    assert waited_for_processor(os.getpid()) >= 0
    assert waited_for_processor(2**22 + 1) == 0
