"""Where somebody lives, in another language than English: a street with a house's number.

Hits: "ul. Kwiatowa 12", "mieszkam na ulicy Polnej 3/4", "strada Florilor nr. 8", "вул. Шевченка, 10", "شارع النصر 5",
"مکان نمبر 12", "12 Heol y Parc", "7 stryd fawr".
Near misses: "na ulicy jest ciemno", "strada e plină de gropi", "на вулиці темно", "في الشارع", "gali mein 2 larke",
"mae'r stryd yn dywyll".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_HOUSE = r"(?:,? (?:nr|no|numer|bloc|bl|дім|буд|д|رقم)\.?)?,? ?\d{1,4}[a-zа-я]?(?:[/\-]\d{1,4})?"
_PATTERNS = (
    re.compile(rf"(?<![^\W_])(?:ul\.?|ulic[ayeęi]|al\.?|alej[aię]|os\.|osiedl[eu]) (?:\w+\.? ){{0,2}}\w+{_HOUSE}\b"),
    re.compile(rf"(?<![^\W_])(?:str\.|strada|strazii|bulevardul|bd\.|aleea|calea) (?:\w+ ){{0,2}}\w+{_HOUSE}\b"),
    re.compile(
        rf"(?<![^\W_])(?:вул\.?|вулиц\w+|просп\.?|проспект\w*|провул\w+|ул\.?|улиц\w+) (?:\w+ ){{0,2}}\w+{_HOUSE}\b"
    ),
    re.compile(r"(?<![^\W_])(?:شارع|حارة|حي) (?:\w+ ){0,2}\w+ (?:رقم ?)?\d{1,4}\b"),
    re.compile(r"(?<![^\W_])(?:مکان|گھر|گلی|فلیٹ) نمبر ?\d{1,4}(?:,? (?:گلی|بلاک|سٹریٹ) (?:نمبر )?\w+)?"),
    re.compile(
        r"(?<![\w£])\d{1,4}[a-d]?,? (?:heol|stryd|ffordd|lon|rhodfa|cilgant|maes|clos|tai|bryn|llys|tan|rhes|pen) "
        r"(?:y |yr |yr? hen )?[a-z]{3,}(?: [a-z]{4,})??\b"
    ),
)


def find(reading: Reading) -> Iterator[Place]:
    for pattern in _PATTERNS:
        yield from search(pattern, reading.low)


RECOGNIZER = Recognizer("addresses_beyond_english", Kind.ADDRESS, find)
