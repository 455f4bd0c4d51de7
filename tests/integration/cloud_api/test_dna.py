"""Media DNA, asked by the unmodified official SDKs."""

# ruff: noqa: RUF001 - Chinese has commas of its own

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from edge_agent.storage.fingerprint_jobs import unfinished_count
from tests.support.cloud_box import (
    CloudBox,
    call_node,
    call_python,
    node_with_sdks,
    python_with_sdks,
)
from tests.support.walking import melody, walk, write_walk

PACKAGE = "alibabacloud_mts20140618"
VERSION = "2014-06-18"
REPORT = "今天下午三点钟，店里来了两位顾客，他们在收银台前等了很久，然后没有付钱就走了。"
NOBODY = "0" * 32


def has_sdk() -> bool:
    python = python_with_sdks()
    if python is None:
        return False
    return any(Path(python).parent.parent.glob(f"lib/python3*/site-packages/{PACKAGE}"))


needs_python = pytest.mark.skipif(not has_sdk(), reason="needs alibabacloud_mts20140618")
needs_node = pytest.mark.skipif(node_with_sdks() is None, reason="needs the Node SDKs")


@asynccontextmanager
async def working(cloud: CloudBox) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(cloud.fingerprints.run())
        yield
        task.cancel()


@pytest.fixture
def bucket(cloud: CloudBox) -> Path:
    """The folder of objects with two videos, a copy of a piece, texts and no video."""
    folder = cloud.box.store.folder / "objects/clips"
    folder.mkdir(parents=True)
    first, second = walk(1, 20), walk(2, 20)
    write_walk(folder / "first.mp4", first, melody(1, 20))
    write_walk(folder / "second.mp4", second, melody(2, 20))
    write_walk(folder / "piece.mp4", first[60:140], melody(1, 20)[16_000 * 6 : 16_000 * 14])
    write_walk(folder / "mute.mp4", second[:20])
    (folder / "broken.mp4").write_bytes(b"no video at all" * 100)
    (folder / "report.txt").write_text(REPORT)
    (folder / "copy.txt").write_text(
        "据说今天下午三点钟，店里来了三位顾客，他们在收银台前等了很久，然后走了。"
    )
    spoken = [
        {"Text": "大家好", "Start": 0, "Duration": 2},
        {"Text": "他们在收银台前等了很久，然后没有付钱就走了", "Start": 2.0, "Duration": 4.5},
    ]
    (folder / "spoken.json").write_text(json.dumps(spoken, ensure_ascii=False))
    return folder


def triple(name: str) -> str:
    return json.dumps({"Bucket": "clips", "Location": "oss-cn-shanghai", "Object": name})


Call = tuple[str, dict[str, Any]]


async def ask(cloud: CloudBox, *calls: Call) -> list[dict[str, Any]]:
    """Calls by the Tea SDK, one after the other: the typed answers' maps, or the errors."""
    made = [
        {"sdk": "tea", "package": PACKAGE, "operation": operation, "parameters": parameters}
        for operation, parameters in calls
    ]
    outcomes = await call_python(cloud, *made)
    return [one["body"]["map"] if "body" in one else one for one in outcomes]


async def all_ended(cloud: CloudBox) -> None:
    async with asyncio.timeout(40):
        while True:
            version = cloud.box.store.version("fp_job")
            if not await unfinished_count(cloud.box.store):
                return
            await cloud.box.store.changed("fp_job", version)


def shot(library: str, name: str, save: str, **more: Any) -> Call:
    asked = {"PrimaryKey": name, "SaveType": save, "FpDBId": library, **more}
    submitted = {"Input": triple(name), "FpShotConfig": json.dumps(asked), "UserData": "mine"}
    return "SubmitFpShotJob", submitted


async def shots(cloud: CloudBox, *calls: Call) -> list[dict[str, Any]]:
    """The jobs as they ended, in the order of the calls."""
    ids = [each["JobId"] for each in await ask(cloud, *calls)]
    await all_ended(cloud)
    (found,) = await ask(cloud, ("QueryFpShotJobList", {"JobIds": ",".join(ids)}))
    assert "NonExistIds" not in found
    jobs = {job["Id"]: job for job in found["FpShotJobList"]["FpShotJob"]}
    return [jobs[each] for each in ids]


async def library(cloud: CloudBox, model: int) -> str:
    asked = {"Name": "lib", "ModelId": model, "Description": "d"}
    (made,) = await ask(cloud, ("CreateFpShotDB", asked))
    shown = made["FpShotDB"]
    assert shown["ModelId"] == model
    assert shown["State"] == "offline"
    return str(shown["FpDBId"])


def offset_of(found: Mapping[str, Any], form: str) -> float:
    """Seconds of the library's first.mp4 at which the only slice begins, less its own."""
    (one,) = found["FpShotResult"][form]["FpShot"]
    assert one["PrimaryKey"] == "first.mp4"
    assert float(one["Similarity"]) > 0.8
    (piece,) = one["FpShotSlices"]["FpShotSlice"]
    assert float(piece["Input"]["Duration"]) == pytest.approx(8.0, abs=1.0)
    return float(piece["Duplication"]["Start"]) - float(piece["Input"]["Start"])


@needs_python
async def test_a_piece_of_a_video_is_found_kept_and_deleted(
    cloud: CloudBox,
    bucket: Path,  # noqa: ARG001 - its files are asked about
) -> None:
    async with working(cloud):
        videos = await library(cloud, 12)
        kept, _, found, broken, absent = await shots(
            cloud,
            shot(videos, "first.mp4", "onlysave"),
            shot(videos, "second.mp4", "onlysave"),
            shot(videos, "piece.mp4", "save"),
            shot(videos, "broken.mp4", "save"),
            shot(videos, "absent.mp4", "save"),
        )
        assert kept["State"] == "Success"
        assert kept["Duration"] == 20
        assert "FpShotResult" not in kept
        assert "FileId" in kept
        assert found["UserData"] == "mine"
        place = {"Bucket": "clips", "Location": "oss-cn-shanghai", "Object": "piece.mp4"}
        assert found["InputFile"] == place
        assert "FileId" not in found, "a duplicate is not saved"
        assert offset_of(found, "FpShots") == pytest.approx(6.0, abs=0.3)
        assert broken["State"] == "Fail"
        assert broken["Code"] == "InvalidParameter.ResourceContentBad"
        assert absent["Code"] == "InvalidParameter.ResourceNotFound"

        (page,) = await ask(cloud, ("ListFpShotFiles", {"FpDBId": videos, "PageSize": 1}))
        (first,) = page["FpShotFileList"]["FpShotFile"]
        token = page["NextPageToken"]
        rest, gone = await ask(
            cloud,
            ("ListFpShotFiles", {"FpDBId": videos, "PageSize": 1, "NextPageToken": token}),
            ("SubmitFpFileDeleteJob", {"FpDBId": videos, "FileIds": first["FileId"]}),
        )
        assert "NextPageToken" not in rest
        assert [each["PrimaryKey"] for each in rest["FpShotFileList"]["FpShotFile"]] == [
            "second.mp4"
        ]
        (again,) = await shots(cloud, shot(videos, "piece.mp4", "nosave"))
        assert again["FpShotResult"] == {"FpShots": {"FpShot": []}}
        listed, _ = await ask(
            cloud,
            ("QueryFpFileDeleteJobList", {"JobIds": f"{gone['JobId']},{NOBODY}"}),
            ("SubmitFpDBDeleteJob", {"FpDBId": videos, "DelType": "Delete"}),
        )
        (deletion,) = listed["FpFileDeleteJobList"]["FpFileDeleteJob"]
        assert deletion["Status"] == "Success"
        assert deletion["FileIds"] == first["FileId"]
        assert listed["NonExistIds"] == {"String": [NOBODY]}
        await all_ended(cloud)
        listed, libraries = await ask(
            cloud, ("QueryFpDBDeleteJobList", {}), ("ListFpShotDB", {"FpDBIds": videos})
        )
        assert listed["FpDBDeleteJobList"]["FpDBDeleteJob"][0]["DelType"] == "Delete"
        assert libraries["NonExistIds"] == {"String": [videos]}


@needs_python
async def test_sounds_and_texts_are_found(cloud: CloudBox, bucket: Path) -> None:
    async with working(cloud):
        sounds, texts = await library(cloud, 13), await library(cloud, 11)
        kept = {
            "Input": triple("report.txt"),
            "FpDBId": texts,
            "FpImportConfig": '{"SaveType":"onlysave"}',
        }
        (imported,) = await ask(cloud, ("ImportFpShotJob", kept))
        _, heard, mute, read, spoken = await shots(
            cloud,
            shot(sounds, "first.mp4", "forcesave"),
            shot(sounds, "piece.mp4", "nosave"),
            shot(sounds, "mute.mp4", "save"),
            shot(texts, "copy.txt", "nosave", TextType="Text"),
            shot(texts, "spoken.json", "nosave", TextType="ASR"),
        )
        assert offset_of(heard, "AudioFpShots") == pytest.approx(6.0, abs=0.3)
        assert mute["Code"] == "InvalidParameter.NoAudioStream"
        (one,) = read["FpShotResult"]["TextFpShots"]["TextFpShot"]
        (piece,) = one["TextFpShotSlices"]["TextFpShotSlice"]
        assert piece["DuplicationText"].startswith("今天下午三点钟")
        assert piece["InputText"] in (bucket / "copy.txt").read_text()
        (one,) = spoken["FpShotResult"]["TextFpShots"]["TextFpShot"]
        (piece,) = one["TextFpShotSlices"]["TextFpShotSlice"]
        assert piece["InputFragment"] == {"Start": "2", "Duration": "4.5"}
        ids = f"{imported['JobId']},{NOBODY}"
        (listed,) = await ask(cloud, ("ListFpShotImportJob", {"JobIds": ids}))
        (job,) = listed["FpShotImportJobList"]
        assert job["Status"] == "Success"
        assert job["Code"] == "0"
        assert listed["NonExistIds"] == [NOBODY]


def config(**changed: Any) -> str:
    fields = {"PrimaryKey": "k", "SaveType": "save", "FpDBId": NOBODY, **changed}
    return json.dumps({name: value for name, value in fields.items() if value is not ...})


SUBMIT = {"Input": triple("a.mp4"), "FpShotConfig": config()}
PARAMETER = "InvalidParameter"
FAULTS: list[tuple[str, Mapping[str, Any], str]] = [
    ("CreateFpShotDB", {}, "MissingName"),
    ("CreateFpShotDB", {"Name": "a", "ModelId": 15}, f"{PARAMETER}.NotSupported"),
    ("CreateFpShotDB", {"Name": "a", "Config": "{"}, f"{PARAMETER}.JsonFormatInvalid"),
    ("ListFpShotDB", {"FpDBIds": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
    ("ListFpShotDB", {"FpDBIds": ",".join(f"{n:032x}" for n in range(11))},
     f"{PARAMETER}.OutOfRange"),
    ("SubmitFpShotJob", {"Input": "x"}, "MissingFpShotConfig"),
    ("SubmitFpShotJob", SUBMIT, f"{PARAMETER}.DBNotExist"),
    ("SubmitFpShotJob", SUBMIT | {"Input": "ftp://x"}, f"{PARAMETER}.JsonFormatInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"Input": '{"Bucket":"A","Object":"b"}'},
     f"{PARAMETER}.BucketNameInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"Input": '{"Bucket":"abc","Location":"/","Object":"b"}'},
     f"{PARAMETER}.LocationInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"Input": '{"Bucket":"abc","Object":"../b"}'},
     f"{PARAMETER}.ObjectKeyInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": "[]"}, f"{PARAMETER}.JsonFormatInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(PrimaryKey=...)},
     f"{PARAMETER}.NullValue"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(PrimaryKey="")},
     f"{PARAMETER}.EmptyValue"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(SaveType="keep")},
     f"{PARAMETER}.NotSupported"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(SimilarityThreshold=2)},
     f"{PARAMETER}.OutOfRange"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(SimilarityThreshold="x")},
     f"{PARAMETER}.NumberFormatInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"UserData": "x" * 129}, f"{PARAMETER}.OutOfRange"),
    ("QueryFpShotJobList", {"MaximumPageSize": 101}, "InvalidMaximumPageSize"),
    ("QueryFpShotJobList", {"NextPageToken": "x"}, "InvalidNextPageToken"),
    ("QueryFpShotJobList", {"State": "Done"}, f"{PARAMETER}.NotSupported"),
    ("QueryFpShotJobList", {"StartOfJobCreatedTimeRange": "today"}, f"{PARAMETER}.Format"),
    ("ListFpShotFiles", {}, "MissingFpDBId"),
    ("ListFpShotFiles", {"FpDBId": NOBODY}, f"{PARAMETER}.DBNotExist"),
    ("ListFpShotFiles", {"FpDBId": NOBODY, "PageSize": 0}, "InvalidPageSize"),
    ("SubmitFpFileDeleteJob", {"FpDBId": NOBODY}, f"{PARAMETER}.NullValue"),
    ("SubmitFpFileDeleteJob", {"FpDBId": NOBODY, "FileIds": NOBODY}, f"{PARAMETER}.DBNotExist"),
    ("SubmitFpDBDeleteJob", {"FpDBId": NOBODY, "DelType": "Drop"}, f"{PARAMETER}.NotSupported"),
    ("SubmitFpDBDeleteJob", {"FpDBId": NOBODY}, f"{PARAMETER}.DBNotExist"),
    ("ImportFpShotJob", {"Input": triple("a"), "FpDBId": NOBODY,
     "FpImportConfig": '{"SaveType":"nosave"}'}, f"{PARAMETER}.NotSupported"),
    ("ListFpShotImportJob", {}, "MissingJobIds"),
    ("QueryFpFileDeleteJobList", {"JobIds": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
    ("QueryFpDBDeleteJobList", {"JobIds": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
]  # fmt: skip


@needs_python
async def test_every_fault_has_its_code(cloud: CloudBox) -> None:
    answers = await ask(cloud, *((operation, dict(asked)) for operation, asked, _ in FAULTS))
    codes = [(fault[0], answer.get("code")) for fault, answer in zip(FAULTS, answers, strict=True)]
    assert codes == [(operation, code) for operation, _, code in FAULTS]
    assert {answer["status"] for answer in answers} == {400}


@needs_node
async def test_the_node_sdk_pages_through_jobs(
    cloud: CloudBox,
    bucket: Path,  # noqa: ARG001 - its files are asked about
) -> None:
    async def pop(operation: str, **parameters: Any) -> dict[str, Any]:
        call = {
            "sdk": "pop", "version": VERSION, "operation": operation, "parameters": parameters,
        }  # fmt: skip
        (outcome,) = await call_node(cloud, call)
        return dict(outcome.get("body", outcome))

    made = (await pop("CreateFpShotDB", Name="lib", ModelId=11))["FpShotDB"]["FpDBId"]
    jobs = [
        (await pop("SubmitFpShotJob", Input=triple("report.txt"), FpShotConfig=config(FpDBId=made)))
        ["JobId"]
        for _ in range(3)
    ]  # fmt: skip
    waiting = await pop("QueryFpShotJobList", State="Queuing", MaximumPageSize=2)
    assert [job["Id"] for job in waiting["FpShotJobList"]["FpShotJob"]] == [jobs[2], jobs[1]]
    rest = await pop("QueryFpShotJobList", NextPageToken=waiting["NextPageToken"])
    assert [job["Id"] for job in rest["FpShotJobList"]["FpShotJob"]] == [jobs[0]]
    async with working(cloud):
        await all_ended(cloud)
    done = await pop("QueryFpShotJobList", State="Success")
    states = [("FileId" in job, job["FpShotResult"]) for job in done["FpShotJobList"]["FpShotJob"]]
    assert [saved for saved, _ in states] == [False, False, True], "only the first was new"
    refused = await pop("ListFpShotFiles", FpDBId="x")
    assert refused["code"] == "InvalidParameter.UUIDFormatInvalid"
