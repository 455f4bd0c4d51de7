"""The demonstration's questions, their answers as a table, and the verdict on them."""

import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from edge_agent.domain.detection import Image
from scripts.demonstration.asking import Asker
from scripts.demonstration.cast import BodyQuestion, Cast
from scripts.demonstration.scenes import HEIGHT
from scripts.demonstration.verdict import known_place, slide_and_place, whose_portrait

_SHOWN, _LINKED = 5, 2
"""How many hits are printed, and how many with their links."""

_NEAR = HEIGHT * 0.06
"""Two places in a slide that are this close, in pixels, are the same person."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    Attributes:
        question: in words.
        job: the search.
        answer: in words.
        right: whether the answer is; always false where nobody judges it.
        judged: whether it counts.
    """

    question: str
    job: str
    answer: str
    right: bool
    judged: bool


class Questions:
    """Asks the box and looks at what it answers."""

    def __init__(self, asker: Asker, cast: Cast, http: str, console: Console) -> None:
        self._asker = asker
        self._cast = cast
        self._http = http
        self._console = console

    def all(self) -> list[Outcome]:
        """Ask everything this cast can be asked."""
        outcomes = [self._face(), self._stranger()]
        if self._cast.body:
            outcomes.insert(1, self._body(self._cast.body))
        return outcomes

    def _face(self) -> Outcome:
        face = self._cast.face
        question = f"face: {face.what} of somebody at the entrance"
        job = self._search(question, face.picture, kinds=["face"], cameras=["entrance"])
        if not job["hits"]:
            return Outcome(question, job["id"], "nobody found", right=False, judged=True)
        found = whose_portrait(self._picture(job["hits"][0]["face"]), self._cast.portraits)
        right = found == face.portrait
        answer = (
            "the right person first" if right else f"portrait {found} first, not {face.portrait}"
        )
        return Outcome(question, job["id"], answer, right=right, judged=True)

    def _body(self, body: BodyQuestion) -> Outcome:
        question = "body: a crop from another camera of somebody in the aisle"
        job = self._search(question, body.picture, kinds=["body"], cameras=["aisle"])
        x, y = known_place(body.known, self._cast.slides[body.slide])
        for hit in job["hits"]:
            place = slide_and_place(self._picture(hit["body"]), self._cast.slides)
            if place is None or place.photograph != body.slide:
                continue  # on the other slides nobody knows who is who
            right = abs(place.middle[0] - x) < _NEAR and abs(place.middle[1] - y) < 2 * _NEAR
            answer = (
                f"the right person, rank {hit['rank']}" if right else f"rank {hit['rank']} is wrong"
            )
            return Outcome(question, job["id"], answer, right=right, judged=True)
        return Outcome(question, job["id"], "not found", right=False, judged=True)

    def _stranger(self) -> Outcome:
        question = "face: somebody who was never here"
        job = self._search(question, self._cast.stranger, kinds=["face"])
        answer = "nobody, as it should be"
        if job["hits"]:
            best = max(hit["face_score"] or 0.0 for hit in job["hits"])
            answer = f"{len(job['hits'])} hits, best face score {best:.3f}"
        return Outcome(question, job["id"], answer, right=not job["hits"], judged=True)

    def _search(self, title: str, picture: Image, **parameters: object) -> Mapping[str, Any]:
        job = self._asker.search(_jpeg(picture), **parameters)
        print_hits(self._console, title, job, self._http)
        return job

    def _picture(self, shot: Mapping[str, Any]) -> Image:
        with urllib.request.urlopen(absolute(self._http, shot["url"]), timeout=10) as answer:  # noqa: S310 - the box
            data = np.frombuffer(answer.read(), np.uint8)
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def print_hits(console: Console, title: str, job: Mapping[str, Any], http: str) -> None:
    """Show the ranked hits of a finished job."""
    table = Table(title=f"{title} → {job['state']}", title_justify="left", expand=False)
    for column in ("rank", "track", "camera", "seen", "score", "face", "body"):
        table.add_column(column, no_wrap=column == "track")
    for hit in job["hits"][:_SHOWN]:
        table.add_row(
            str(hit["rank"]),
            hit["track"],
            hit["camera"],
            str(np.datetime64(hit["start_ms"], "ms").astype("datetime64[s]")) + "Z",
            _score(hit["score"]),
            _score(hit["face_score"]),
            _score(hit["body_score"]),
        )
    if job["hits"]:
        console.print(table)
    else:
        console.print(f"[italic]{title} → {job['state']}, no hits[/]")
    for hit in job["hits"][:_LINKED]:
        shot = hit["face"] or hit["body"]
        links = {"picture": shot and shot["url"], "clip": hit["clip_url"]}
        for what, link in links.items():
            if link:
                console.print(f"  {hit['rank']}. {what}: {absolute(http, link)}", soft_wrap=True)


def absolute(http: str, link: str) -> str:
    """A link of an answer as an address that can be opened."""
    return link if "://" in link else f"http://{http}{link}"


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _jpeg(picture: Image) -> bytes:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
    return data.tobytes()
