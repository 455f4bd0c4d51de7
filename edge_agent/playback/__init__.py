"""Clips as they are shown: untouched where a browser plays them, else rendered when asked for.

A rendering is made once however many ask, by a process that is killed when it exceeds a limit,
and lies in a bounded cache (`storage.renderings`) that is forgotten with the clip. Whatever a
privacy mask covers is black in it; a clip that shows what a mask covers leaves in no other form.
"""

from edge_agent.playback.options import PlaybackOptions
from edge_agent.playback.playback import Playback

__all__ = ["Playback", "PlaybackOptions"]
