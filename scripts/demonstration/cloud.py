"""What a client written for the cloud needs to talk to the demonstration: keys, an app, a task.

The app is created by a signed call of our own making (RPC signature version 1.0), so that the demo
needs no SDK and shows how little one is.
"""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from scripts.demonstration.asking import Asker
from scripts.demonstration.stage import ROOT, Stage, StageError

_WITHIN = 15.0
"""Seconds until a new key is known to the box; it looks every two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudAccess:
    """How to ask as a client of the cloud does; the names are those of the facts in --json."""

    access_key_id: str
    access_key_secret: str
    app_key: str
    app_secret: str
    app_instance_id: str
    risk_task_id: str


def cloud_access(stage: Stage, asker: Asker, http: str) -> CloudAccess:
    """Make keys, a picture-search app and a risk task of all that is remembered.

    Args:
        stage: on which the daemon runs.
        asker: creates the task.
        http: `host:port` of the HTTP door.

    Raises:
        StageError: the box refused, or did not learn of the key.
        NoAnswer: the box did not answer.
    """
    configuration = stage.folder / "edge-agent.yaml"
    key_id, secret = _new_key(configuration, "aliyun")
    app_key, app_secret = _new_key(configuration, "top")
    app = _call(http, key_id, secret, "CreatePictureSearchApp", Name="demo", Desc="demonstration")
    task = asker.ask("risk-task.create", criteria={})
    return CloudAccess(
        access_key_id=key_id,
        access_key_secret=secret,
        app_key=app_key,
        app_secret=app_secret,
        app_instance_id=app,
        risk_task_id=task["id"],
    )


def _new_key(configuration: Path, kind: str) -> tuple[str, str]:
    command = [sys.executable, "-m", "edge_agent", "keys", "add", f"--kind={kind}", "--name=demo"]
    done = subprocess.run(
        [*command, f"--config={configuration}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )
    if done.returncode:
        raise StageError(f"no {kind} key could be made: {done.stderr.strip()}")
    told = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    return told["id"], told["secret"]


def _call(http: str, key_id: str, secret: str, action: str, **parameters: str) -> str:
    deadline = time.monotonic() + _WITHIN
    while True:
        signed = _signed(key_id, secret, {"Action": action, **parameters})
        try:
            with urllib.request.urlopen(f"http://{http}/?{signed}", timeout=_WITHIN) as answer:
                return str(json.load(answer)["Data"])
        except urllib.error.HTTPError as error:
            told = json.load(error)
            if told["Code"] != "InvalidAccessKeyId.NotFound" or time.monotonic() > deadline:
                raise StageError(f"{action} was refused: {told['Code']}") from error
        time.sleep(0.2)


def _signed(key_id: str, secret: str, parameters: dict[str, str]) -> str:
    asked = {
        "Format": "JSON",
        "Version": "2018-01-20",
        "AccessKeyId": key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": uuid.uuid4().hex,
        "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **parameters,
    }
    query = urlencode(sorted(asked.items()), quote_via=quote, safe="-_.~")
    text = f"GET&%2F&{quote(query, safe='-_.~')}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return f"{query}&Signature={quote(base64.b64encode(digest), safe='')}"
