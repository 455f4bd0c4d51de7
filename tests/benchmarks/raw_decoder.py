"""The floor of reading a camera: PyAV reads and decodes a file at its own pace, and nothing else.

`python -m tests.benchmarks.raw_decoder CLIP`; every line on standard input is answered with the
frames so far and the seconds of processor time they took. A process of its own, run beside what is
measured, so that both meet the same caches and the same neighbours.
"""

import select
import sys
import time

import av


def main() -> None:
    """Decode in a loop until standard input closes."""
    with av.open(sys.argv[1]) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        period = float(1 / (stream.average_rate or 25))
        began, frames = time.monotonic(), 0
        while True:
            for packet in container.demux(stream):
                frames += len(stream.codec_context.decode(packet)) if packet.size else 0
                time.sleep(max(0.0, began + frames * period - time.monotonic()))
                if select.select([sys.stdin], [], [], 0)[0]:
                    if not sys.stdin.readline():
                        return
                    sys.stdout.write(f"{frames} {time.thread_time()}\n")
                    sys.stdout.flush()
            container.seek(0, backward=True)


if __name__ == "__main__":
    main()
