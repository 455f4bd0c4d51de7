"""What a manifest says of the files a model is made of, and of what it must answer."""

import math
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[int, Field(gt=0)]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Address = Annotated[str, Field(pattern=r"^https://")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileSize = Annotated[int, Field(gt=0, le=1 << 31)]


class Strict(BaseModel):
    """A part of a manifest: unknown keys and values that are no numbers are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Source(Strict):
    """A file as it is published.

    Attributes:
        file: its name here.
        url: https address it is fetched from; None where it is put in place by hand.
        sha256: of its content.
        bytes: its size.
    """

    file: FileName
    url: Address | None = None
    sha256: Sha256
    bytes: FileSize


class KnownOutput(Strict):
    """What an output of a network must be.

    Attributes:
        shape: of the output.
        values: all of them, the last axis counted first.
    """

    shape: tuple[Positive, ...]
    values: tuple[float, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if len(self.values) != math.prod(self.shape):
            raise ValueError(f"{len(self.values)} values are not a shape of {self.shape}")
        return self


class KnownAnswer(Strict):
    """What a network answers to a picture of noise, measured with its own inference library.

    Attributes:
        seed: of the noise, see `known_answer.noise`.
        tolerance: largest difference of a value, as a share of the output's largest value.
        outputs: in the order of the network's.
    """

    seed: Annotated[int, Field(ge=0, lt=1 << 32)]
    tolerance: Annotated[float, Field(gt=0, le=0.01)]
    outputs: Annotated[tuple[KnownOutput, ...], Field(min_length=1)]
