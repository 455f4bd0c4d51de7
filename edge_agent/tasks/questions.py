"""A task's picture as a question, and back."""

from dataclasses import replace

from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import RiskCriteria, TaskPicture
from edge_agent.storage.risk_pictures import PendingPicture


def picture_of(question: PictureQuestion, picture_id: str) -> TaskPicture:
    """What a task keeps of a question about looks."""
    return TaskPicture(
        id=picture_id,
        track=question.track,
        region=question.region,
        parts=question.parts,
        threshold=question.threshold,
        body_threshold=question.body_threshold,
    )


def question_of(criteria: RiskCriteria) -> PictureQuestion:
    """What a task asks of tracks: who is asked about is known, so no picture is in it.

    Raises:
        ValueError: these are no criteria with a picture.
    """
    picture = criteria.picture
    if picture is None:
        raise ValueError("criteria without a picture ask nothing")
    return PictureQuestion(
        region=picture.region,
        parts=picture.parts,
        start_ms=criteria.start_ms,
        end_ms=criteria.end_ms,
        cameras=criteria.cameras,
        threshold=picture.threshold,
        body_threshold=picture.body_threshold,
        include_staff=True,  # an investigation overlooks nobody
    )


def question_to_look_at(pending: PendingPicture) -> PictureQuestion:
    """The same with the picture, the address or the track that was given."""
    picture = pending.criteria.picture
    return replace(
        question_of(pending.criteria),
        picture=pending.picture,
        url=pending.url,
        track=None if picture is None else picture.track,
    )
