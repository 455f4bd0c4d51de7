import pytest

from edge_agent.cloud_api.caller import base_of


@pytest.mark.parametrize("host", ["box", "box.example:8800", "127.0.0.1:80", "[::1]:8800"])
def test_links_begin_with_the_address_that_was_asked(host: str) -> None:
    assert base_of("http", host) == f"http://{host}"


@pytest.mark.parametrize("host", ["", "evil.example/x?", "a b", 'a"b', "user@host", "h:port"])
def test_what_is_no_host_makes_relative_links(host: str) -> None:
    assert base_of("http", host) == ""
