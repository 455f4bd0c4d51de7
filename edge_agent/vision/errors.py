"""What vision raises."""

from edge_agent.domain.errors import Unavailable


class VisionFailed(Unavailable):
    """A model failed or took too long on this picture; never to be read as "nobody seen"."""

    code = "vision_failed"
