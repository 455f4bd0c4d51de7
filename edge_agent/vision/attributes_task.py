"""What a manifest says of a network that tells what people wear and carry."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edge_agent.domain.worn import PRESENTS, WORDS, YES
from edge_agent.vision.sources import Positive, Strict
from edge_agent.vision.tasks import Share, Task

LEAST_F1 = 0.6
"""What is told with a lower F1 is more often wrong than it helps; such attributes are not told."""


class Measured(Strict):
    """How well an attribute is told on people labelled by hand.

    Attributes:
        threshold: the mean probability over a person's pictures from which on it is said to be
            there; of a colour, of which the largest share is told, of no use.
        f1: per person, all kept pictures together; of a colour the share of people of whom the
            right one is told, which is its F1 over all colours together.
        f1_per_picture: the same of every picture by itself.
        positives: people who have it; of a colour, people judged.
        negatives: people who have it not; of a colour 0.
    """

    threshold: Share = 0.5
    f1: Annotated[float, Field(ge=LEAST_F1, le=1)]
    f1_per_picture: Annotated[float, Field(ge=LEAST_F1, le=1)]
    positives: Positive
    negatives: Annotated[int, Field(ge=0)]


class AttributesTask(Task):
    """A model that says what people wear and carry.

    Attributes:
        decoder: how its outputs are read.
        offered: the attributes that are told, by their keys in `domain.worn`; all others of the
            model are thrown away, and without any it is not asked. Whether somebody presents as a
            man or a woman is none of them: it is told where the configuration asks for it, and
            nowhere else.
    """

    decoder: Literal["crossroad"]
    offered: dict[str, Measured] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = sorted(self.offered.keys() - (WORDS.keys() - {PRESENTS}))
        if unknown:
            raise ValueError(f"offered: no such attribute: {', '.join(unknown)}")
        for key, measured in self.offered.items():
            if YES in WORDS[key] and not measured.negatives:
                raise ValueError(f"offered.{key}: F1 without a single negative says nothing")
        return self
