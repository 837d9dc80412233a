"""One spelling for texts that mean the same, for counting words; must not be used where offsets matter."""

import re
import unicodedata

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
_BLANKS = re.compile(r"\s+")


def normalise(text: str) -> str:
    """Lower case, plain quotes and dashes, single blanks, and no letter more than twice in a row ("sooo": "soo").

    Two are kept because "too" and "good" are words. Tokens such as [name] stay as they are.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    return _BLANKS.sub(" ", _DRAWN_OUT.sub(r"\1\1", plain)).strip()
