"""Fingerprint libraries: what is kept of videos, sounds, texts and pictures, and jobs that ask.

A job is a row. A lane takes the oldest whose library nobody works on, brings its input to a local
file, has it read by a process with limits, compares, and writes result and fingerprint in one
transaction: a crash repeats the job it interrupted, and no other. The arithmetic is that of
`fingerprints`. The box's own clips are printed into a system library as they close.
"""

from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.fingerprint.dna import CHANGES, Dna
from edge_agent.fingerprint.fingerprints import Fingerprints
from edge_agent.fingerprint.inputs import read_input
from edge_agent.fingerprint.options import FingerprintOptions
from edge_agent.fingerprint.reads import FingerprintReads, HeldLibrary, LookedAt, was_cancelled

__all__ = [
    "CHANGES",
    "Dna",
    "DnaRefusal",
    "FingerprintOptions",
    "FingerprintReads",
    "Fingerprints",
    "HeldLibrary",
    "LookedAt",
    "read_input",
    "was_cancelled",
]
