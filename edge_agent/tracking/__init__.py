"""Following people through one camera's frames: numpy only, no clock, no I/O.

A person is a body, a face, or both. `people` ties the faces of one frame to its bodies, `tracker`
carries people from frame to frame, `best` says which view of a person is worth keeping.

What was chosen, and why:

- Association begins as in ByteTrack (Zhang et al., ECCV 2022): confident detections first, then the
  doubtful ones, which only keep hold of somebody who was in view a moment ago. Whoever is out of
  sight chooses after those in view (the cascade of DeepSORT, Wojke et al., ICIP 2017).
- Motion is a constant-velocity Kalman filter in real milliseconds, because a motion gate and a
  busy detector make frame times irregular; the process noise is in body heights per second.
- At 3 frames per second a walking person's boxes hardly overlap. Boxes are therefore compared
  after growing both by the uncertainty of the prediction (the idea of C-BIoU, Yang et al.,
  WACV 2023, with the filter's own sigma in place of two fixed factors).
- Looks are the colours of clothes from head to feet. The body embedder tells people apart better
  (IDF1 0.843 instead of 0.833 in the mean over five rates) and costs 5 ms per body and frame.
- A track keeps one motion for its face and one for its body, so somebody can be followed by face
  alone (a portrait, a counter, a crowd) and stay the same track once the body appears; and a face
  stays with its body while somebody passes in front.
- Assignment is a compact O(n³) Hungarian: greedy matching is what swaps identities in a crossing.
- An identity is decided before a track ends and never afterwards: see docs/tracking.md.

`scripts/bench accuracy` measures it beside a ByteTrack on the same detections; docs/performance.md
has the figures.
"""

from edge_agent.tracking.best import BestShot, BestShotOptions, View
from edge_agent.tracking.looks import SceneCut, clothing_looks, colour_looks
from edge_agent.tracking.people import People, TieOptions, people_in
from edge_agent.tracking.tracker import LiveTrack, Tracker, TrackerOptions, TrackerStep

__all__ = [
    "BestShot",
    "BestShotOptions",
    "LiveTrack",
    "People",
    "SceneCut",
    "TieOptions",
    "Tracker",
    "TrackerOptions",
    "TrackerStep",
    "View",
    "clothing_looks",
    "colour_looks",
    "people_in",
]
