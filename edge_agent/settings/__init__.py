"""config/*.yaml and the environment become frozen settings.

One file, read once at start. A wrong file is refused as a whole and every mistake in it is named
at once, with its line: somebody who configures a box over a phone line gets one list, not one
error per restart. Unknown keys are refused, because a misspelt key that is silently ignored shows
itself weeks later as missing recordings.

`model.py` says which keys there are and what they may hold; `gather.py` turns them into the
`…Options` of the rooms, which know nothing of this file. Pydantic is used in this package only to
walk the model; no room sees it.
"""

from edge_agent.settings.describe import describe
from edge_agent.settings.gather import default_settings
from edge_agent.settings.gathered import Box, CameraSettings, Settings
from edge_agent.settings.load import load_settings
from edge_agent.settings.secret import Secret
from edge_agent.settings.surroundings import check_surroundings

__all__ = [
    "Box",
    "CameraSettings",
    "Secret",
    "Settings",
    "check_surroundings",
    "default_settings",
    "describe",
    "load_settings",
]
