"""Pictures and clips from outside: read under limits, cut, written, shown.

Nothing that comes in is decoded before its header has been read: what it claims to be, and how
large it would become, decides whether it is. OpenCV decodes pictures, PyAV encodes clips.
"""

from edge_agent.media.decoder import Decoder, DecoderLimits
from edge_agent.media.encode import transcode_h264, write_h264_clip
from edge_agent.media.picture_header import PictureHeader
from edge_agent.media.pictures import (
    PictureLimits,
    check_picture,
    crop,
    decode_picture,
    encode_jpeg,
    shrunk,
)
from edge_agent.media.render import CODEC as PLAYED_CODEC
from edge_agent.media.rendering import RenderLimits, RenderOrder, render
from edge_agent.media.sampled import Sampled
from edge_agent.media.sampling import SampleLimits, sampled_sound, sampled_video

__all__ = [
    "PLAYED_CODEC",
    "Decoder",
    "DecoderLimits",
    "PictureHeader",
    "PictureLimits",
    "RenderLimits",
    "RenderOrder",
    "SampleLimits",
    "Sampled",
    "check_picture",
    "crop",
    "decode_picture",
    "encode_jpeg",
    "render",
    "sampled_sound",
    "sampled_video",
    "shrunk",
    "transcode_h264",
    "write_h264_clip",
]
