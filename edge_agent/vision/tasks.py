"""What a manifest says of each network of a pack: its file, its input, how its outputs are read."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edge_agent.domain.calibration import Curve, Evidence, Step
from edge_agent.vision.sources import (
    Address,
    FileName,
    FileSize,
    KnownAnswer,
    Positive,
    Sha256,
    Source,
    Strict,
)

Share = Annotated[float, Field(ge=0, le=1)]
Point = tuple[float, float]
FalseAlarms = Literal["1", "4", "10", "100"]
PerChannel = tuple[float, float, float]

_NOT_OF_VECTORS = {
    "licence",
    "match_threshold",
    "false_alarm_rate",
    "pair_threshold",
    "pair_false_alarm_rate",
    "calibration",
    "min_height_to_width",
    "convert",
    "sources",
    "answer",
}


class Preprocessing(Strict):
    """What is done to each colour value, 0 to 255, in the model's colour order: (x - mean) / std.

    Attributes:
        mean: subtracted, per channel.
        std: divided by, per channel.
    """

    mean: PerChannel = (0.0, 0.0, 0.0)
    std: PerChannel = (1.0, 1.0, 1.0)

    @model_validator(mode="after")
    def _positive(self) -> Self:
        if min(self.std) <= 0:
            raise ValueError("std must be positive")
        return self


class Weights(Strict):
    """One file of a pack that is loaded; without `file` or `sources` what packages carry.

    Attributes:
        name: of the model; part of the stamp on every vector it makes.
        file: name of the weight file in the pack's folder.
        url: https address the file is fetched from; None where it is put in place by hand.
        sha256: of the file.
        bytes: size of the file.
        convert: from which format the network is converted when it is installed; then `sources`
            and `answer` stand for `file`, `url`, `sha256` and `bytes`.
        sources: the files it is converted from: of `openvino-ir` the .xml and the .bin.
        answer: what the converted network must answer.
        licence: of the weights, in words.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    file: FileName | None = None
    url: Address | None = None
    sha256: Sha256 | None = None
    bytes: FileSize | None = None
    convert: Literal["openvino-ir"] | None = None
    sources: tuple[Source, ...] = ()
    answer: KnownAnswer | None = None
    licence: str

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [value is not None for value in (self.file, self.sha256, self.bytes)]
        if any(given) != all(given) or (self.url is not None and not all(given)):
            raise ValueError("file, sha256 and bytes are given together or not at all")
        if self.convert is None:
            if self.sources or self.answer is not None:
                raise ValueError("sources and answer belong to what is converted")
            return self
        endings = [Path(source.file).suffix for source in self.sources]
        if any(given) or self.answer is None or endings != [".xml", ".bin"]:
            raise ValueError("what is converted has sources (.xml, .bin) and answer, and no file")
        return self

    @property
    def fetched(self) -> tuple[Source, ...]:
        """The files that have to be fetched."""
        if self.file is None:
            return self.sources
        given = {key: getattr(self, key) for key in ("file", "url", "sha256", "bytes")}
        return (Source.model_validate(given),)

    @property
    def weights(self) -> str | None:
        """Name of the file that is loaded; None where the task has none."""
        return self.file if self.convert is None else f"{self.name}.onnx"

    @property
    def stamp(self) -> str:
        """First 8 digits of the sha256 of the weight file.

        Of what is converted: of the sha256 of its sources, one after the other; without files, of
        what makes the vectors.
        """
        if self.sha256 is not None:
            return self.sha256[:8]
        if self.sources:
            text = "".join(source.sha256 for source in self.sources)
        else:
            about_vectors = self.model_dump(mode="json", exclude=_NOT_OF_VECTORS)
            text = json.dumps(about_vectors, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


class Task(Weights):
    """One model of a pack that looks at pictures.

    Attributes:
        input_size: (height, width) in pixels.
        layout: order of the input's axes.
        colour: order of the input's channels.
        preprocessing: normalisation of the input.
    """

    input_size: tuple[Positive, Positive]
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    colour: Literal["bgr", "rgb"] = "bgr"
    preprocessing: Preprocessing = Preprocessing()


class DetectorTask(Task):
    """A detector; the picture is fitted into its input at the top left.

    Attributes:
        decoder: how its outputs are read; `one-pass` stands at both detectors of a pack, which
            then name the same file.
        pad: value of the input where the picture does not reach.
        strides: pixels of the input per cell, one per output level.
        person_class: column of the class "person" among the class scores.
        score_threshold: boxes below are not reported.
        iou_threshold: of two boxes that overlap more, the better one stays.
    """

    decoder: Literal["yunet", "yolox", "insightface", "one-pass"]
    pad: Annotated[int, Field(ge=0, le=255)] = 0
    strides: tuple[Positive, ...] = ()
    person_class: Annotated[int, Field(ge=0)] = 0
    score_threshold: Share
    iou_threshold: Share


class RefinerTask(Task):
    """A model that finds a face's five points more exactly than the detector.

    Attributes:
        reach: side of the square it looks at, in longer sides of the face's box.
    """

    reach: Annotated[float, Field(ge=1)]


class Calibration(Strict):
    """What similarities of a model's vectors are worth; `domain.calibration` says how it is read.

    Attributes:
        slope: nats per unit of similarity.
        offset: nats at similarity 0.
        highest: the most that any similarity is worth, nats.
        unlike: share of the sights of one person that resemble as a stranger's would.
        false_alarms: similarities that so many of 10,000 pairs of strangers reach.
        made: on what it was fitted, for people.
    """

    slope: Annotated[float, Field(gt=0)]
    offset: float
    highest: Annotated[float, Field(gt=0)]
    unlike: Annotated[float, Field(gt=0, le=0.5)]
    false_alarms: dict[FalseAlarms, Share] = Field(default_factory=dict)
    made: str

    @property
    def curve(self) -> Curve:
        """In the domain's words."""
        return Curve(slope=self.slope, offset=self.offset, highest=self.highest, unlike=self.unlike)


class EmbedderTask(Task):
    """A model that turns a face or a body into a vector.

    Attributes:
        decoder: how the vector is made.
        embedding_dimension: length of the vector.
        template: where the five landmarks of an aligned face lie, (x, y) in pixels of the input:
            the eye on the left of the picture, the eye on its right, nose tip, mouth corner on
            the left, mouth corner on the right. Empty where the crop is only resized.
        min_height_to_width: crops flatter than this show too little of a body; their vectors
            resemble everybody's and are not to be compared.
        match_threshold: cosine similarity from which somebody found among many is a match.
        false_alarm_rate: share of pairs of strangers that reach `match_threshold`, as measured;
            None where nobody did.
        pair_threshold: the same where two given vectors are compared and nothing is searched;
            lower, because there is one chance to be wrong and not one per person remembered.
            None takes `match_threshold`.
        pair_false_alarm_rate: share of pairs of strangers that reach `pair_threshold`.
        calibration: what similarities are worth; None where nobody fitted it.
    """

    decoder: Literal["l2", "insightface"]
    embedding_dimension: Positive
    template: tuple[Point, ...] = ()
    min_height_to_width: Annotated[float, Field(ge=0)] = 0.0
    match_threshold: Share
    false_alarm_rate: Share | None = None
    pair_threshold: Share | None = None
    pair_false_alarm_rate: Share | None = None
    calibration: Calibration | None = None

    @property
    def evidence(self) -> Evidence | None:
        """What similarities are worth, as exactly as it is known; None where nothing is."""
        if self.calibration is not None:
            return self.calibration.curve
        if not self.false_alarm_rate:
            return None
        return Step(threshold=self.match_threshold, false_alarm_rate=self.false_alarm_rate)

    def threshold(self, false_alarms: int | None) -> float:
        """The similarity that so many of 10,000 pairs of strangers reach.

        Args:
            false_alarms: one of those that `Calibration.false_alarms` may name; None, or one that
                it lacks, takes `match_threshold`.
        """
        known = self.calibration.false_alarms if self.calibration is not None else {}
        for alarms, similarity in known.items():
            if int(alarms) == false_alarms:
                return similarity
        return self.match_threshold

    def false_alarms_at(self, threshold: float) -> float | None:
        """Share of pairs of strangers that reach a similarity; None where nobody measured it."""
        if threshold == self.match_threshold:
            return self.false_alarm_rate
        known = self.calibration.false_alarms if self.calibration is not None else {}
        rates = [int(alarms) / 1e4 for alarms, at in known.items() if at == threshold]
        return rates[0] if rates else None

    @model_validator(mode="after")
    def _five(self) -> Self:
        if len(self.template) not in (0, 5):
            raise ValueError("template has five points or none")
        return self
