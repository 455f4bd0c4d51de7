"""What a manifest says of the networks that put pictures and texts into one space."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edge_agent.vision.sources import Positive, Strict
from edge_agent.vision.tasks import Task, Weights

Cosine = Annotated[float, Field(ge=-1, le=1)]


class ImageTower(Task):
    """The half of an image-text model that looks at pictures.

    Attributes:
        fit: how a picture becomes the input: `crop` takes the middle square of it, as CLIP does,
            `squash` stretches it, as SigLIP and Chinese-CLIP do.
    """

    fit: Literal["crop", "squash"] = "crop"


class TextTower(Weights):
    """The half of an image-text model that reads; its outputs begin with the text's vector.

    Attributes:
        context: tokens it takes; shorter texts are padded, longer ones cut.
        output: name of the output; None takes the first.
    """

    context: Positive
    output: str | None = None


class TokenizerFile(Weights):
    """What turns a text into the numbers that a text tower takes.

    Attributes:
        form: `clip-bpe` is the file of merges that CLIP publishes, plain or gzip; `wordpiece` a
            BERT vocabulary, one token a line; `tokenizer-json` a file of the tokenizers library,
            as SigLIP's sentencepiece models have one.
        lower_case: of `wordpiece`, whether letters are made small.
        pad: number of the token that fills up; None takes [PAD] of a vocabulary, else 0.
    """

    form: Literal["clip-bpe", "wordpiece", "tokenizer-json"]
    lower_case: bool = True
    pad: Annotated[int, Field(ge=0)] | None = None


class ImageTextTask(Strict):
    """A model that puts pictures and texts into one space: CLIP, Chinese-CLIP, SigLIP.

    Attributes:
        image: looks at pictures.
        text: reads texts.
        tokenizer: its numbers.
        embedding_dimension: length of both halves' vectors.
        prompt: what a text is put into; `{}` stands for it.
        unlike: cosine similarity of two pictures that have nothing in common.
        described: cosine similarity of a picture and a text that has nothing to do with it, and
            of one and a text that describes it well. Both depend on the model; the defaults are
            for those trained as CLIP is, whose own filter of pairs lies at 0.3 (Schuhmann et al.,
            "LAION-400M", 2021).
    """

    image: ImageTower
    text: TextTower
    tokenizer: TokenizerFile
    embedding_dimension: Positive
    prompt: Annotated[str, Field(pattern=r"\{\}")] = "{}"
    unlike: Annotated[float, Field(ge=-1, lt=1)] = 0.5
    described: tuple[Cosine, Cosine] = (0.15, 0.35)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        low, high = self.described
        if low >= high:
            raise ValueError("described has the lower similarity first")
        return self

    @model_validator(mode="after")
    def _has_files(self) -> Self:
        for part in (self.image, self.text, self.tokenizer):
            if part.file is None:
                raise ValueError(f"{part.name} needs file, sha256 and bytes")
        return self
