"""Print the lexicon: `python -m edge_agent.words`."""

import sys

from edge_agent.words.tables import tables

sys.stdout.write(tables())
