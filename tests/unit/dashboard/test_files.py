"""The page's files: all are served, none asks another host, every word has two languages."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from edge_agent.dashboard import routes
from edge_agent.dashboard.files import first_modules

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
    (place,) = {path[:-7] for path in served if path.endswith("/api.js")}
    assert re.fullmatch(r"/dashboard/[0-9a-f]{16}/", f"{place}/")
    files = {f"{place}/{file.name}" for file in PAGE.iterdir() if file.name != "index.html"}
    assert served == files | {"/", "/favicon.ico"}


@pytest.mark.parametrize("file", sorted(PAGE.iterdir()), ids=lambda file: file.name)
def test_what_a_file_names_is_there_and_on_this_box(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg|\w+\.example/|…)", text)
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


async def test_files_are_kept_for_good_and_sent_compressed_to_whoever_takes_that() -> None:
    _, headers, page = await ask("/", [])
    assert headers["cache-control"] == "no-cache"
    (main,) = re.findall(r'src="(/dashboard/[0-9a-f]{16}/main\.js)"', page.decode())
    _, headers, body = await ask(main, [(b"accept-encoding", b"br, gzip;q=0.8")])
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]
    assert gzip.decompress(body) == (PAGE / "main.js").read_bytes()
    for refused in ([], [(b"accept-encoding", b"gzip;q=0")]):
        _, plain, body = await ask(main, refused)
        assert "content-encoding" not in plain
        assert body == (PAGE / "main.js").read_bytes()
        assert plain["etag"] != headers["etag"]


async def test_the_first_pages_modules_are_named_in_the_head_and_no_others() -> None:
    _, _, page = await ask("/", [])
    named = re.findall(
        r'"modulepreload" href="/dashboard/[0-9a-f]{16}/([\w-]+\.js)"', page.decode()
    )
    files = {file.name: file.read_bytes() for file in PAGE.iterdir()}
    assert named == first_modules(files)
    assert {"main.js", "people.js", "wall.js", "i18n.js", "words.js"} <= set(named)
    assert not {"webhooks.js", "person.js", "audit.js"} & set(named)
