"""The everyday words of the languages that people write in, and whether a text is in another one than English.

The screen and the redactor both have a model that learnt from English alone, and must know where it is out of its
depth. Must not know what either is looking for.
"""

from consultation.words.lists import OTHERS, everyday
from consultation.words.tongue import is_foreign

__all__ = ["OTHERS", "everyday", "is_foreign"]
