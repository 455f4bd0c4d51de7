"""Processor time of threads and processes, as the kernel accounts it in nanoseconds."""

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def of_thread(process: int, thread: int) -> float:
    """Seconds one thread has been on a processor; 0 once it has ended."""
    with suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{process}/task/{thread}/schedstat").read_text()
        return int(text.split()[0]) / 1e9
    return 0.0


def threads_of(process: int) -> list[int]:
    """Ids of the threads of a process, in the order in which they were started."""
    with suppress(OSError):
        return sorted(int(entry.name) for entry in Path(f"/proc/{process}/task").iterdir())
    return []


def of_named_threads(prefix: str) -> float:
    """Seconds of this process's own threads whose Python name begins with `prefix`."""
    return sum(
        of_thread(os.getpid(), thread.native_id)
        for thread in threading.enumerate()
        if thread.native_id and thread.name.startswith(prefix)
    )


def proportional_bytes(processes: Iterable[int]) -> int:
    """Memory of processes, what several share counted in parts (PSS, proc_pid_smaps(5))."""
    total = 0
    for process in processes:
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total
