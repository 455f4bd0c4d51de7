"""Host names and addresses of this box, and what certificates are good for."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.rest_api.names import covers, fit_names, names_of_box


def test_a_box_that_listens_here_alone() -> None:
    names = names_of_box("Box-1", "127.0.0.1")
    assert {"localhost", "127.0.0.1", "::1", "box-1", socket.gethostname().lower()} <= names
    assert all(ipaddress.ip_address(n).is_loopback for n in names if n.replace(".", "").isdigit())


def test_a_box_that_listens_everywhere_has_the_address_that_others_see() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing, and chooses the address it would send from
        outward = probe.getsockname()[0]
    assert outward in names_of_box("box-1", "0.0.0.0")
    assert "0.0.0.0" not in names_of_box("box-1", "0.0.0.0")


def test_what_no_certificate_can_hold_is_left_out() -> None:
    given_names = ["Till.Example", "a b", "", "-x", "192.168.1.20", "FE80::1", "x" * 64, "büro"]
    assert fit_names(given_names) == ["till.example", "192.168.1.20", "fe80::1"]


@pytest.mark.parametrize(
    ("names", "host", "good"),
    [
        (["box.example"], "BOX.example", True),
        (["box.example"], "example", False),
        (["*.shop.example"], "till.shop.example", True),
        (["*.shop.example"], "a.till.shop.example", False),
        (["*.shop.example"], "shop.example", False),
        (["192.168.1.20"], "192.168.1.20", True),
        (["*.168.1.20"], "192.168.1.20", False),
        (["fe80::1"], "FE80:0:0::1", True),
        ([], "box", False),
    ],
)
def test_what_a_certificate_is_good_for(names: list[str], host: str, *, good: bool) -> None:
    assert covers(names, host) is good


@given(st.text())
def test_a_name_that_fits_is_covered_by_itself(text: str) -> None:
    fitting = fit_names([text])
    assert all(covers(fitting, name) for name in fitting)
