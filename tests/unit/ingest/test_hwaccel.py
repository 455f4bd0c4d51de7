import logging

import pytest

from edge_agent.ingest.hwaccel import accelerator


def test_nothing_is_tried_unless_asked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert accelerator("none") is None
    assert not caplog.records


def test_a_device_that_does_not_work_is_warned_of_by_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert accelerator("no-such-device") is None
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "decoding in software; no-such-device: " in record.getMessage()
