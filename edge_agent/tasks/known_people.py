"""How somebody is made known to the box: by pictures of the face, or by pointing at tracks."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from edge_agent.domain.errors import NotFound, Refused, inside
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import Likeness
from edge_agent.domain.vector import Part, Vector
from edge_agent.tasks.ports import Likenesses
from edge_agent.wire.picture_search import decoded

_FACES = frozenset({Part.FACE})

Region = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of a picture."""


class ToldFace(NamedTuple):
    """A face of somebody who was told.

    Attributes:
        track: that it was copied from; None where it was seen in a picture that was sent.
    """

    vector: Vector
    track: str | None


def told_pictures(texts: Sequence[str]) -> tuple[bytes, ...]:
    """Encoded pictures, as they were sent to a door in base64.

    Raises:
        Refused: a picture is not base64.
        TooLarge: a picture has too many bytes.
    """
    pictures = []
    for number, text in enumerate(texts):
        with inside(f"pictures.{number}"):
            pictures.append(decoded(text))
    return tuple(pictures)


def told_regions(
    regions: Sequence[Sequence[float] | None], pictures: Sequence[str]
) -> tuple[Region | None, ...]:
    """Where somebody is in each picture, None where it shows nobody else.

    Raises:
        Refused: there are not as many as pictures, or one is turned inside out.
    """
    if not regions:
        return (None,) * len(pictures)
    if len(regions) != len(pictures):
        raise Refused(
            f"regions: {len(regions)} for {len(pictures)} pictures; give one for each, or null",
            field="regions",
        )
    for number, region in enumerate(regions):
        if region is not None and not (region[0] < region[2] and region[1] < region[3]):
            raise Refused(
                f"a region must be [left, top, right, bottom], got {list(region)}",
                field=f"regions.{number}",
            )
    return tuple(
        None if region is None else (region[0], region[1], region[2], region[3])
        for region in regions
    )


async def told_faces(
    likenesses: Likenesses,
    pictures: Sequence[bytes],
    regions: Sequence[Region | None],
    tracks: Collection[str],
) -> list[ToldFace]:
    """The faces of one person: one of each picture, and all that are stored of each track.

    Args:
        likenesses: looks at them.
        pictures: encoded, each showing one face, in its region where there is one.
        regions: of the pictures; none may be missing, or all.
        tracks: ids.

    Raises:
        Refused: a picture cannot be used, or does not show exactly one face.
        NotFound: there is no such track.
        Unavailable: a model or the storage does not answer.
    """
    found: list[ToldFace] = []
    for number, picture in enumerate(pictures):
        with inside(f"pictures.{number}"):
            region = regions[number] if regions else None
            question = PictureQuestion(picture=picture, parts=_FACES, region=region)
            likenesses.check(question)
            found.append(ToldFace(_the_face(await likenesses.look(question)), None))
    for track in sorted(tracks):
        try:
            likeness = await likenesses.look(PictureQuestion(track=track, parts=_FACES))
        except NotFound:
            raise NotFound(f"there is no track {track}", field="tracks") from None
        found += [ToldFace(vector, track) for _, vector in likeness.vectors]
    return found


def some_face(faces: list[ToldFace]) -> list[ToldFace]:
    """The same faces; somebody new has to be known by at least one.

    Raises:
        Refused: there is none.
    """
    if not faces:
        raise Refused(
            "no face is known of this person; send a picture, or point at a track with a face",
            field="pictures",
        )
    return faces


def _the_face(likeness: Likeness) -> Vector:
    people = {number for number, _ in likeness.vectors}
    if len(people) != 1:
        shown = "no face" if not people else f"{len(people)} faces"
        raise Refused(
            f"the picture shows {shown}; send one of a single face, or name its region",
            field="picture",
        )
    return likeness.vectors[0][1]
