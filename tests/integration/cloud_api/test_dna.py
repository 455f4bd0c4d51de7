"""Media DNA, asked by the unmodified official SDKs."""

# ruff: noqa: RUF001 - Chinese has commas of its own

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge_agent.cloud_api.pace import PaceOptions
from edge_agent.domain.access_key import Rate
from edge_agent.fingerprint import FingerprintOptions
from edge_agent.storage.fingerprint_jobs import unfinished_count
from tests.support.cloud_box import (
    READER,
    CloudBox,
    call_node,
    call_node_dna,
    call_python,
    cloud_box,
    node_with_sdks,
    python_with_sdks,
)
from tests.support.remembering import Box
from tests.support.walking import melody, walk, write_walk

PACKAGE = "alibabacloud_mts20140618"
VERSION = "2014-06-18"
REPORT = "今天下午三点钟，店里来了两位顾客，他们在收银台前等了很久，然后没有付钱就走了。"
NOBODY = "0" * 32


def _python() -> bool:
    python = python_with_sdks()
    if python is None:
        return False
    return any(Path(python).parent.parent.glob(f"lib/python3*/site-packages/{PACKAGE}"))


def _node() -> bool:
    folder = node_with_sdks()
    return folder is not None and (folder / "node_modules/@alicloud/mts20140618").is_dir()


SDKS = [
    pytest.param("python", marks=pytest.mark.skipif(not _python(), reason=f"needs {PACKAGE}")),
    pytest.param(
        "node", marks=pytest.mark.skipif(not _node(), reason="needs @alicloud/mts20140618")
    ),
]
Call = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Client:
    """An official SDK, in front of a box."""

    cloud: CloudBox
    sdk: str

    async def ask(self, *calls: Call, **around: Any) -> list[dict[str, Any]]:
        """Calls, one after the other: the typed answers in the API's names, or the errors."""
        made = [
            {"sdk": "tea", "package": PACKAGE, "operation": operation, "parameters": parameters}
            | around
            for operation, parameters in calls
        ]
        if self.sdk == "node":
            outcomes = await call_node_dna(self.cloud, *made)
        else:
            outcomes = [one.get("body", one) for one in await call_python(self.cloud, *made)]
        assert not [wrong for one in outcomes for wrong in one.get("mistyped", ())]
        return [one.get("map", one) for one in outcomes]

    async def untyped(self, *calls: Call) -> list[dict[str, Any]]:
        """The same answers, as the SDK that knows no types has them from the wire."""
        made = [
            {"operation": operation, "parameters": parameters, "version": VERSION}
            for operation, parameters in calls
        ]
        if self.sdk == "node":
            return [
                one["body"]
                for one in await call_node(self.cloud, *({**one, "sdk": "pop"} for one in made))
            ]
        asked = ({**one, "sdk": "core"} for one in made)
        return [one["body"]["map"] for one in await call_python(self.cloud, *asked)]


@pytest.fixture(params=SDKS)
def client(cloud: CloudBox, request: pytest.FixtureRequest) -> Client:
    return Client(cloud, request.param)


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


async def shots(client: Client, *calls: Call) -> list[dict[str, Any]]:
    """The jobs as they ended, in the order of the calls."""
    ids = [each["JobId"] for each in await client.ask(*calls)]
    await all_ended(client.cloud)
    (found,) = await client.ask(("QueryFpShotJobList", {"JobIds": ",".join(ids)}))
    assert "NonExistIds" not in found
    jobs = {job["Id"]: job for job in found["FpShotJobList"]["FpShotJob"]}
    return [jobs[each] for each in ids]


async def library(client: Client, model: int) -> str:
    asked = {"Name": "lib", "ModelId": model, "Description": "d"}
    (made,) = await client.ask(("CreateFpShotDB", asked))
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


async def test_a_piece_of_a_video_is_found_kept_and_deleted(
    client: Client,
    bucket: Path,  # noqa: ARG001 - its files are asked about
) -> None:
    async with working(client.cloud):
        videos = await library(client, 12)
        kept, _, found, broken, absent = await shots(
            client,
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

        (page,) = await client.ask(("ListFpShotFiles", {"FpDBId": videos, "PageSize": 1}))
        (first,) = page["FpShotFileList"]["FpShotFile"]
        token = page["NextPageToken"]
        rest, gone = await client.ask(
            ("ListFpShotFiles", {"FpDBId": videos, "PageSize": 1, "NextPageToken": token}),
            ("SubmitFpFileDeleteJob", {"FpDBId": videos, "FileIds": first["FileId"]}),
        )
        assert "NextPageToken" not in rest
        assert [each["PrimaryKey"] for each in rest["FpShotFileList"]["FpShotFile"]] == [
            "second.mp4"
        ]
        (again,) = await shots(client, shot(videos, "piece.mp4", "nosave"))
        assert again["FpShotResult"] == {"FpShots": {"FpShot": []}}
        listed, _ = await client.ask(
            ("QueryFpFileDeleteJobList", {"JobIds": f"{gone['JobId']},{NOBODY}"}),
            ("SubmitFpDBDeleteJob", {"FpDBId": videos, "DelType": "Delete"}),
        )
        (deletion,) = listed["FpFileDeleteJobList"]["FpFileDeleteJob"]
        assert deletion["Status"] == "Success"
        assert deletion["FileIds"] == first["FileId"]
        assert listed["NonExistIds"] == {"String": [NOBODY]}
        await all_ended(client.cloud)
        listed, libraries = await client.ask(
            ("QueryFpDBDeleteJobList", {}), ("ListFpShotDB", {"FpDBIds": videos})
        )
        assert listed["FpDBDeleteJobList"]["FpDBDeleteJob"][0]["DelType"] == "Delete"
        assert libraries["NonExistIds"] == {"String": [videos]}


async def test_sounds_and_texts_are_found(client: Client, bucket: Path) -> None:
    async with working(client.cloud):
        sounds, texts = await library(client, 13), await library(client, 11)
        kept = {
            "Input": triple("report.txt"),
            "FpDBId": texts,
            "FpImportConfig": '{"SaveType":"onlysave"}',
        }
        (imported,) = await client.ask(("ImportFpShotJob", kept))
        _, heard, mute, read, spoken = await shots(
            client,
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
        (listed,) = await client.ask(("ListFpShotImportJob", {"JobIds": ids}))
        (job,) = listed["FpShotImportJobList"]
        assert job["Status"] == "Success"
        assert job["Code"] == "0"
        assert listed["NonExistIds"] == [NOBODY]


def config(**changed: Any) -> str:
    fields = {"PrimaryKey": "k", "SaveType": "save", "FpDBId": NOBODY, **changed}
    return json.dumps({name: value for name, value in fields.items() if value is not ...})


SUBMIT = {"Input": triple("a.mp4"), "FpShotConfig": config()}
PARAMETER = "InvalidParameter"
MANY = ",".join(f"{n:032x}" for n in range(11))
IMPORT = {"Input": triple("a"), "FpDBId": NOBODY, "FpImportConfig": '{"SaveType":"save"}'}
REQUIRED: Mapping[str, Mapping[str, Any]] = {
    "CreateFpShotDB": {"Name": "a"},
    "SubmitFpShotJob": SUBMIT,
    "ListFpShotFiles": {"FpDBId": NOBODY},
    "SubmitFpFileDeleteJob": {"FpDBId": NOBODY},
    "SubmitFpDBDeleteJob": {"FpDBId": NOBODY},
    "ImportFpShotJob": IMPORT,
    "ListFpShotImportJob": {"JobIds": NOBODY},
}
MISSING: list[tuple[str, Mapping[str, Any], str]] = [
    (operation, {name: one for name, one in whole.items() if name != left}, f"Missing{left}")
    for operation, whole in REQUIRED.items()
    for left in whole
]
FAULTS: list[tuple[str, Mapping[str, Any], str]] = [
    *MISSING,
    ("CreateFpShotDB", {"Name": "a" * 129}, f"{PARAMETER}.OutOfRange"),
    ("CreateFpShotDB", {"Name": "a", "Description": "a" * 1025}, f"{PARAMETER}.OutOfRange"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(PrimaryKey=5)}, f"{PARAMETER}.Format"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(PrimaryKey="a" * 1025)},
     f"{PARAMETER}.OutOfRange"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(SaveType=...)}, f"{PARAMETER}.NullValue"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(SaveType="")}, f"{PARAMETER}.EmptyValue"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(FpDBId=...)}, f"{PARAMETER}.NullValue"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(FpDBId="x")},
     f"{PARAMETER}.UUIDFormatInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": config(TextType="PDF")},
     f"{PARAMETER}.NotSupported"),
    ("SubmitFpShotJob", SUBMIT | {"PipelineId": "mine"}, f"{PARAMETER}.UUIDFormatInvalid"),
    ("QueryFpShotJobList", {"JobIds": MANY}, f"{PARAMETER}.OutOfRange"),
    ("QueryFpShotJobList", {"MaximumPageSize": 0}, "InvalidMaximumPageSize"),
    ("QueryFpShotJobList", {"EndOfJobCreatedTimeRange": "2026-02-30T00:00:00Z"},
     f"{PARAMETER}.Format"),
    ("QueryFpShotJobList", {"PipelineId": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
    ("ListFpShotFiles", {"FpDBId": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
    ("ListFpShotFiles", {"FpDBId": NOBODY, "PageSize": 101}, "InvalidPageSize"),
    ("ListFpShotFiles", {"FpDBId": NOBODY, "NextPageToken": "x"}, "InvalidNextPageToken"),
    ("ListFpShotFiles", {"FpDBId": NOBODY, "StartTime": "x"}, f"{PARAMETER}.Format"),
    ("ListFpShotFiles", {"FpDBId": NOBODY, "EndTime": "x"}, f"{PARAMETER}.Format"),
    ("SubmitFpFileDeleteJob", {"FpDBId": NOBODY, "FileIds": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
    ("SubmitFpFileDeleteJob",
     {"FpDBId": NOBODY, "PrimaryKeys": ",".join(str(n) for n in range(201))},
     f"{PARAMETER}.OutOfRange"),
    ("SubmitFpFileDeleteJob", {"FpDBId": NOBODY, "FileIds": NOBODY, "UserData": "店" * 43},
     f"{PARAMETER}.OutOfRange"),
    ("SubmitFpDBDeleteJob", {"FpDBId": NOBODY, "PipelineId": "x"},
     f"{PARAMETER}.UUIDFormatInvalid"),
    ("ImportFpShotJob", IMPORT, f"{PARAMETER}.DBNotExist"),
    ("ImportFpShotJob", IMPORT | {"FpImportConfig": "x"}, f"{PARAMETER}.JsonFormatInvalid"),
    ("ImportFpShotJob", IMPORT | {"FpImportConfig": "{}"}, f"{PARAMETER}.NullValue"),
    ("ListFpShotImportJob", {"JobIds": MANY}, f"{PARAMETER}.OutOfRange"),
    ("ListFpShotImportJob", {"JobIds": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
    ("QueryFpFileDeleteJobList", {"JobIds": MANY}, f"{PARAMETER}.OutOfRange"),
    ("QueryFpDBDeleteJobList", {"JobIds": MANY}, f"{PARAMETER}.OutOfRange"),
    ("CreateFpShotDB", {"Name": "a", "ModelId": 15}, f"{PARAMETER}.NotSupported"),
    ("CreateFpShotDB", {"Name": "a", "Config": "{"}, f"{PARAMETER}.JsonFormatInvalid"),
    ("ListFpShotDB", {"FpDBIds": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
    ("ListFpShotDB", {"FpDBIds": MANY}, f"{PARAMETER}.OutOfRange"),
    ("SubmitFpShotJob", SUBMIT, f"{PARAMETER}.DBNotExist"),
    ("SubmitFpShotJob", SUBMIT | {"Input": "ftp://x"}, f"{PARAMETER}.JsonFormatInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"Input": '{"Bucket":"A","Object":"b"}'},
     f"{PARAMETER}.BucketNameInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"Input": '{"Bucket":"abc","Location":"/","Object":"b"}'},
     f"{PARAMETER}.LocationInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"Input": '{"Bucket":"abc","Object":"../b"}'},
     f"{PARAMETER}.ObjectKeyInvalid"),
    ("SubmitFpShotJob", SUBMIT | {"FpShotConfig": "[]"}, f"{PARAMETER}.JsonFormatInvalid"),
    (
        "SubmitFpShotJob",
        SUBMIT | {"FpShotConfig": '{"PrimaryKey": "\\ud800"}'},
        f"{PARAMETER}.JsonFormatInvalid",
    ),
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
    ("ListFpShotFiles", {"FpDBId": NOBODY}, f"{PARAMETER}.DBNotExist"),
    ("ListFpShotFiles", {"FpDBId": NOBODY, "PageSize": 0}, "InvalidPageSize"),
    ("SubmitFpFileDeleteJob", {"FpDBId": NOBODY}, f"{PARAMETER}.NullValue"),
    ("SubmitFpFileDeleteJob", {"FpDBId": NOBODY, "FileIds": NOBODY}, f"{PARAMETER}.DBNotExist"),
    ("SubmitFpDBDeleteJob", {"FpDBId": NOBODY, "DelType": "Drop"}, f"{PARAMETER}.NotSupported"),
    ("SubmitFpDBDeleteJob", {"FpDBId": NOBODY}, f"{PARAMETER}.DBNotExist"),
    ("ImportFpShotJob", {"Input": triple("a"), "FpDBId": NOBODY,
     "FpImportConfig": '{"SaveType":"nosave"}'}, f"{PARAMETER}.NotSupported"),
    ("QueryFpFileDeleteJobList", {"JobIds": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
    ("QueryFpDBDeleteJobList", {"JobIds": "x"}, f"{PARAMETER}.UUIDFormatInvalid"),
]  # fmt: skip


async def test_every_fault_has_its_code(client: Client) -> None:
    answers = await client.ask(*((operation, dict(asked)) for operation, asked, _ in FAULTS))
    codes = [(fault[0], answer.get("code")) for fault, answer in zip(FAULTS, answers, strict=True)]
    assert codes == [(operation, code) for operation, _, code in FAULTS]
    assert {answer["status"] for answer in answers} == {400}


async def test_keys(client: Client) -> None:
    look: Call = ("ListFpShotDB", {})
    change: Call = ("CreateFpShotDB", {"Name": "lib"})
    outcomes = [
        await client.ask(look, key="LTAInobody"),
        await client.ask(look, secret="another-secret-than-that"),
        await client.ask(look, change, key=READER.id, secret=READER.secret),
    ]
    codes = [answer.get("code") for answers in outcomes for answer in answers]
    assert codes == ["InvalidAccessKeyId.NotFound", "SignatureDoesNotMatch", None, "Forbidden.RAM"]


@pytest.mark.parametrize("sdk", SDKS)
async def test_too_often_and_too_many(box: Box, sdk: str) -> None:
    pace = PaceOptions(rate=Rate(per_second=0.001, burst=1))
    async with cloud_box(box, pace) as cloud:
        _, hasty = await Client(cloud, sdk).ask(("ListFpShotDB", {}), ("ListFpShotDB", {}))
    assert hasty["code"] == "Throttling.User"
    async with cloud_box(box, dna=FingerprintOptions(most_unfinished=1)) as cloud:
        client = Client(cloud, sdk)
        texts = await library(client, 11)
        _, full = await client.ask(
            shot(texts, "report.txt", "save"), shot(texts, "report.txt", "save")
        )
    assert full["code"] == "Throttling.User"


def shape(value: object) -> object:
    """Names and nesting of an answer, without what it says."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value[:1]]
    return type(value).__name__


async def test_every_operation_answers_with_the_members_of_the_api_and_no_other(
    client: Client,
    bucket: Path,  # noqa: ARG001 - its files are asked about
) -> None:
    # a typed answer forgets members that its SDK does not know, so the wire must have the same
    async def both(operation: str, **asked: Any) -> dict[str, Any]:
        (typed,) = await client.ask((operation, asked))
        (untyped,) = await client.untyped((operation, asked))
        assert shape(typed) == shape(untyped), operation
        assert "RequestId" in typed
        return typed

    async with working(client.cloud):
        made = await both("CreateFpShotDB", Name="lib", ModelId=11, Config="{}", Description="d")
        texts, told = made["FpShotDB"]["FpDBId"], {"UserData": "u", "PipelineId": "f" * 32}
        importing = json.dumps({"SaveType": "onlysave", "PrimaryKey": "k"})
        imported = await both(
            "ImportFpShotJob", Input=triple("report.txt"), FpImportConfig=importing, FpDBId=texts,
            **told,
        )  # fmt: skip
        asked = config(FpDBId=texts, SaveType="forcesave", SimilarityThreshold="0.5")
        submitted = await both(
            "SubmitFpShotJob", Input=triple("copy.txt"), FpShotConfig=asked, **told
        )
        await all_ended(client.cloud)
        await both("ListFpShotDB", FpDBIds=f"{texts},{NOBODY}")
        found = await both("QueryFpShotJobList", JobIds=f"{submitted['JobId']},{NOBODY}")
        (job,) = found["FpShotJobList"]["FpShotJob"]
        assert job["FpShotResult"]["TextFpShots"]["TextFpShot"][0]["TextFpShotSlices"]
        assert found["NonExistIds"] == {"String": [NOBODY]}
        await both("ListFpShotImportJob", JobIds=f"{imported['JobId']},{NOBODY}")
        files = await both("ListFpShotFiles", FpDBId=texts, PageSize=1)
        file = files["FpShotFileList"]["FpShotFile"][0]["FileId"]
        gone = await both("SubmitFpFileDeleteJob", FpDBId=texts, FileIds=file, **told)
        await all_ended(client.cloud)
        await both("QueryFpFileDeleteJobList", JobIds=f"{gone['JobId']},{NOBODY}")
        emptied = await both("SubmitFpDBDeleteJob", FpDBId=texts, DelType="Purge", **told)
        await all_ended(client.cloud)
        await both("QueryFpDBDeleteJobList", JobIds=f"{emptied['JobId']},{NOBODY}")
        left, libraries = await client.ask(
            ("ListFpShotFiles", {"FpDBId": texts}), ("ListFpShotDB", {"FpDBIds": texts})
        )
        assert left["FpShotFileList"] == {"FpShotFile": []}
        assert libraries["FpShotDBList"]["FpShotDB"][0]["Status"] == "active"


@pytest.mark.skipif(node_with_sdks() is None, reason="needs the Node SDKs")
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
