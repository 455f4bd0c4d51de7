"""Image Search: pictures of goods, notices, uniforms, lost property, in named instances.

`changes` adds and deletes, `images` finds, `looking` turns a picture into what is compared of it,
`gallery` holds an instance in memory: one row per item, filters as masks over columns, exact
similarities over what they admit. SQLite is the truth; a gallery is loaded from it at start, and
where models have changed, `looking_again` makes vectors anew while the old ones answer. Pictures
are decoded in a process of their own, because they come from strangers.

Vectors are stored as 16-bit numbers in `edge.db` beside the items, so that one transaction makes
an item and what it looks like durable, and one backup holds both.
"""

from edge_agent.images.answering import Asker, ImageAnswers
from edge_agent.images.images import Images
from edge_agent.images.options import ImagesOptions
from edge_agent.images.parts import ImagesParts
from edge_agent.images.service import ImageSearch
from edge_agent.images.tasks import Tasks
from edge_agent.images.uploads import Uploads

__all__ = [
    "Asker",
    "ImageAnswers",
    "ImageSearch",
    "Images",
    "ImagesOptions",
    "ImagesParts",
    "Tasks",
    "Uploads",
]
