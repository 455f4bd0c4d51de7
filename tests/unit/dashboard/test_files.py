"""The page's files: all are served, none asks another host, every word has two languages."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from edge_agent.dashboard import routes

PAGE = Path(__file__).parents[3] / "edge_agent" / "dashboard" / "page"


async def ask(path: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b""}
    await Starlette(routes=routes())(scope, Request(scope).receive, send)  # type: ignore[arg-type]
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}  # type: ignore[attr-defined]
    return sent[0]["status"], answered, sent[1]["body"]  # type: ignore[return-value]


def test_every_file_is_served() -> None:
    served = {route.path for route in routes()}
    files = {f"/dashboard/{file.name}" for file in PAGE.iterdir() if file.name != "index.html"}
    assert served == files | {"/"}


@pytest.mark.parametrize("file", sorted(PAGE.iterdir()), ids=lambda file: file.name)
def test_what_a_file_names_is_there_and_on_this_box(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    for name in re.findall(r'(?:from "\./|/dashboard/)([\w.-]+)', text):
        assert (PAGE / name).is_file()


def test_nothing_is_inline_where_the_policy_forbids_it() -> None:
    page = (PAGE / "index.html").read_text("utf-8")
    assert not re.search(r"<style|\son\w+=|\sstyle=|<script(?![^>]*\ssrc=)", page)


def test_every_word_that_is_used_is_known_in_two_languages() -> None:
    words = "".join(file.read_text("utf-8") for file in PAGE.glob("words*.js"))
    known = dict(re.findall(r"^  (\w+): \[(.*?)\],$", words, re.MULTILINE | re.DOTALL))
    for file in PAGE.glob("*.js"):
        for name in re.findall(r'\bt\("(\w+)"', file.read_text("utf-8")):
            assert name in known, f"{file.name} says {name}"


async def test_a_file_that_is_known_is_not_sent_again() -> None:
    status, headers, body = await ask("/", [])
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert body.startswith(b"<!doctype html>")
    status, again, body = await ask("/", [(b"if-none-match", headers["etag"].encode())])
    assert (status, body) == (304, b"")
    assert again["etag"] == headers["etag"]
