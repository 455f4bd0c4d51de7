"""Processor time of threads and processes, as the kernel accounts it in nanoseconds."""

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
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


def of_family(process: int) -> float:
    """Seconds a process and its living children have been on a processor, to hundredths."""
    seconds = 0.0
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        for thread in threads_of(process):
            children = Path(f"/proc/{process}/task/{thread}/children").read_text().split()
            seconds += sum(of_family(int(child)) for child in children)
    return seconds


@dataclass(frozen=True, slots=True)
class Memory:
    """Proportional set size (PSS, proc_pid_smaps(5)): what several share is counted in parts.

    Attributes:
        everything: bytes.
        own: of that, what no file backs: heaps, stacks, shared frames. The rest is code, whose
            share grows whenever a stranger on the machine ends who had it mapped as well.
    """

    everything: int
    own: int


def memory_of(processes: Iterable[int]) -> Memory:
    """Memory of processes, all together; those that have ended count nothing."""
    sizes = {"Pss": 0, "Pss_File": 0}
    for process in processes:
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                name, _, size = line.partition(":")
                if name in sizes:
                    sizes[name] += int(size.split()[0]) * 1024
    return Memory(sizes["Pss"], sizes["Pss"] - sizes["Pss_File"])
