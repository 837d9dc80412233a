"""What can be said about a text before anybody codes it: its clauses, its words, its tone.

Must not know codebooks, coders or who wrote the text.
"""

from analysis.text.normalise import normalise
from analysis.text.segments import Segment, clauses, sentences
from analysis.text.sentiment import Polarity, lexicon_tone, polarity
from analysis.text.words import Word, words

__all__ = [
    "Polarity",
    "Segment",
    "Word",
    "clauses",
    "lexicon_tone",
    "normalise",
    "polarity",
    "sentences",
    "words",
]
