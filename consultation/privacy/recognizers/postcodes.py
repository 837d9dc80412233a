"""UK postcodes, with or without their space, in any case.

Hits: "SW9 8QT", "m145rp", "TW10 6XZ", and outward halves after a cue ("postcode is bd8").
Near misses: "a23 roundabout", "x26 bus", "b66" alone, "i got 2 a*s", "gcp2".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_AREAS = (
    "ab al b ba bb bd bf bh bl bn br bs bt bx ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt "
    "dy e ec eh en ex fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le "
    "ll ln ls lu m me mk ml n ne ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm "
    "sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr ws wv yo ze "
)
_OUTWARD = rf"(?:{'|'.join(sorted(_AREAS.split(), key=len, reverse=True))})\d[0-9a-z]?"
_WHOLE = re.compile(rf"(?<![a-z0-9]){_OUTWARD}[ .\-]{{0,2}}[0-9o][a-hjlnp-uw-z]{{2}}(?![a-z0-9])")
_CUED = re.compile(rf"\bpost ?code(?:'s|s| is|:| -| starts)?(?: with)? (?P<it>{_OUTWARD})(?![a-z0-9])")


def find(reading: Reading) -> Iterator[Place]:
    yield from search(_WHOLE, reading.low)
    yield from search(_CUED, reading.low)


RECOGNIZER = Recognizer("postcodes", Kind.POSTCODE, find)
