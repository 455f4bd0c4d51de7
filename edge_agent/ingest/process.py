"""Starting a worker process."""

import os
import socket
import subprocess
import sys

from edge_agent.runtime.child import same_package


def start_worker(control: socket.socket, memory: int) -> "subprocess.Popen[bytes]":
    """Start a worker that is told everything else over its control line.

    Args:
        control: its end of the line; may be closed here afterwards.
        memory: the memfd with the slots for frames.
    """
    files = (control.fileno(), memory)
    words = ["-P", "-m", "edge_agent.ingest.worker", *map(str, files), str(os.getpid())]
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, *words],
        pass_fds=files,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=same_package(),
    )
