"""Pictures and clips from outside: read under limits, cut, written, fetched.

Nothing that comes in is decoded before its header has been read: what it claims to be, and how
large it would become, decides whether it is. OpenCV decodes pictures, PyAV encodes clips, and
addresses are fetched with the standard library alone, because the address that was checked must
be the one that is connected to.
"""

from edge_agent.media.encode import transcode_h264, write_h264_clip

__all__ = ["transcode_h264", "write_h264_clip"]
