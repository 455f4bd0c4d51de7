"""A real RTSP camera that has a microphone: plays an mp4 of H.264 and AAC, once.

Runs under the system's Python as a script; `sounding_camera` starts it for tests.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - versions come first


def main() -> None:
    """Serve the file named by the first argument; prints the address."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory.new()
    factory.set_launch(
        f"( filesrc location={sys.argv[1]} ! qtdemux name=file"
        " file.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1"
        " file.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 )"
    )
    server.get_mount_points().add_factory("/door", factory)
    server.attach(None)
    print(f"rtsp://127.0.0.1:{server.get_bound_port()}/door", flush=True)  # noqa: T201 - its answer
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
