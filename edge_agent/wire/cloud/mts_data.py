"""MTS 2014-06-18, media DNA: what its answers look like, member for member."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from edge_agent.domain.fingerprint import DnaJob, Library, Medium

Fields = dict[str, Any]


def made_library(library: Library) -> Fields:
    """FpShotDB of CreateFpShotDB."""
    return {
        "FpDBId": library.id,
        "Name": library.name,
        "Description": library.description,
        "ModelId": library.medium.value,
        "Config": library.config,
        "State": "offline",
    }


def listed_library(library: Library) -> Fields:
    """FpShotDB of ListFpShotDB."""
    return {
        "FpDBId": library.id,
        "Name": library.name,
        "Description": library.description,
        "ModelId": library.medium.value,
        "Status": "active",
    }


def unknown_ids(ids: Sequence[str]) -> Fields | None:
    """NonExistIds, absent when empty."""
    return {"String": list(ids)} if ids else None


def moment(at_ms: int | None) -> str | None:
    """A time of the API."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shot(job: DnaJob, input_file: Fields, medium: Medium | None) -> Fields:
    """FpShotJob.

    Args:
        job: the job.
        input_file: Bucket, Location and Object.
        medium: of its library; None where that is gone, and with it the form of the result.
    """
    config = job.asked["config"]
    return {
        "Id": job.id,
        "State": job.state.value,
        "CreationTime": moment(job.created_ms),
        "FinishTime": moment(job.finished_ms),
        "Code": job.code,
        "Message": job.message,
        "UserData": job.user_data,
        "PipelineId": job.pipeline,
        "Input": job.asked["input"],
        "InputFile": input_file,
        "FileId": job.file,
        "Duration": None if job.seconds is None else int(job.seconds),
        "FpShotConfig": {name: config[name] for name in ("PrimaryKey", "SaveType", "FpDBId")},
        "FpShotResult": None if job.result is None else _result(job.result, medium),
    }


def file_deletion(job: DnaJob) -> Fields:
    """FpFileDeleteJob."""
    return _deletion(job) | {"FileIds": ",".join([*job.asked["files"], *job.asked["keys"]])}


def library_deletion(job: DnaJob) -> Fields:
    """FpDBDeleteJob."""
    return _deletion(job) | {"DelType": job.asked["how"]}


def _deletion(job: DnaJob) -> Fields:
    return {
        "Id": job.id,
        "Status": job.state.value,
        "FpDBId": job.library,
        "PipelineId": job.pipeline,
        "UserData": job.user_data,
        "CreationTime": moment(job.created_ms),
        "FinishTime": moment(job.finished_ms),
        "Code": job.code,
        "Message": job.message,
    }


def imported(job: DnaJob) -> Fields:
    """One of FpShotImportJobList."""
    status = job.state.value if job.state.value in ("Success", "Fail") else "Processing"
    return {
        "Id": job.id,
        "FpDBId": job.library,
        "FpImportConfig": json.dumps({"SaveType": job.asked["config"]["SaveType"]}),
        "Input": job.asked["input"],
        "PipelineId": job.pipeline,
        "UserData": job.user_data,
        "Status": status,
        "Code": job.code or "0",
        "Message": job.message or "",
        "CreateTime": moment(job.created_ms),
        "FinishTime": moment(job.finished_ms),
        "ProcessMessage": f"{job.progress:.0%}",
    }


def _result(found: Sequence[Fields], medium: Medium | None) -> Fields:
    if medium is Medium.TEXT:
        return {"TextFpShots": {"TextFpShot": [_text_shot(one) for one in found]}}
    name = "AudioFpShots" if medium is Medium.AUDIO else "FpShots"
    return {name: {"FpShot": [_media_shot(one) for one in found]}}


def _media_shot(one: Fields) -> Fields:
    return {
        "PrimaryKey": one["key"],
        "Similarity": _decimal(one["similarity"]),
        "FpShotSlices": {
            "FpShotSlice": [
                {
                    "Input": _span(each["start"], each["duration"]),
                    "Duplication": _span(each["other_start"], each["other_duration"]),
                    "Similarity": _decimal(each["similarity"]),
                }
                for each in one["slices"]
            ]
        },
    }


def _text_shot(one: Fields) -> Fields:
    return {
        "PrimaryKey": one["key"],
        "Similarity": _decimal(one["similarity"]),
        "TextFpShotSlices": {
            "TextFpShotSlice": [
                {
                    "Similarity": _decimal(each["similarity"]),
                    "InputText": each["text"],
                    "DuplicationText": each["other_text"],
                    "InputFragment": _span(each["start"], each["duration"]),
                }
                for each in one["slices"]
            ]
        },
    }


def _span(start: float, duration: float) -> Fields:
    return {"Start": _decimal(start), "Duration": _decimal(duration)}


def _decimal(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
