"""One target under atheris: `python -m tests.fuzz.child NAME [libFuzzer's arguments]`."""

import atexit
import logging
import shlex
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import atheris

from tests.fuzz.session import Session

MEMORY = Path("/dev/shm")
"""Where a database costs no disk; what is flushed there is not what is tested here."""


def main() -> None:
    """Fuzz until libFuzzer's limits are reached or a fault is found."""
    name, *arguments = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["edge_agent", "uvicorn", "h11"]):
        from tests.fuzz.targets import target  # noqa: PLC0415 - instrumented as it is imported

        chosen = target(name)
    kept = ExitStack()
    session = kept.enter_context(Session(chosen, MEMORY if MEMORY.is_dir() else None))
    atexit.register(kept.close)
    atheris.Setup([_startable(kept, name), *arguments], session.judge)
    atheris.Fuzz()


def _startable(kept: ExitStack, name: str) -> str:
    """A file that starts this again: libFuzzer merges in processes of its own."""
    folder = kept.enter_context(tempfile.TemporaryDirectory(prefix="fuzz-"))
    script = Path(folder, name)
    command = f"{shlex.quote(sys.executable)} -m tests.fuzz.child {shlex.quote(name)}"
    script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    script.chmod(0o700)
    return str(script)


if __name__ == "__main__":
    main()
