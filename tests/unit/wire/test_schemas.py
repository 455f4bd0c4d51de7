import json
from pathlib import Path

import jsonschema
import pytest

from edge_agent.wire.schemas import OPERATIONS, schemas, text_of, write_all

DOCS = Path(__file__).parents[3] / "docs" / "mqtt"


def test_docs_say_what_the_code_says() -> None:
    written = {path.name: path.read_text() for path in DOCS.glob("*.json")}
    made = {name: text_of(schema) for name, schema in schemas().items()}
    assert written == made, "run: python -m edge_agent.wire.schemas docs/mqtt"


def test_schemas_are_schemas() -> None:
    for schema in schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_a_request_may_carry_what_an_old_client_puts_into_the_body() -> None:
    schema = schemas()["camera.enable.request.json"]
    jsonschema.validate({"camera": "door", "request_id": "r", "reply_to": "a/b"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"camera": "door", "cam": 1}, schema)


def test_every_operation_has_two_schemas_and_old_files_go(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("{}")
    write_all(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    for operation in OPERATIONS:
        assert {f"{operation}.request.json", f"{operation}.answer.json"} <= names
    assert "old.json" not in names
    assert json.loads((tmp_path / "ack.json").read_text())["required"] == ["epoch", "seq"]
