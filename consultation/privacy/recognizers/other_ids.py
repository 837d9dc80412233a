"""References that an office gave a person: case, client, pupil numbers, passports, plates, accounts.

Hits: "case number is CYP-20931", "liquidlogic id 8834521", "UPN A823432110015", "car reg LK19 XYD".
Near misses: "case closed", "section 47", "year 11", "id cards", "a reference from my boss", "bus 189".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consultation.domain.text import Kind
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers.recognizer import Place, Recognizer, search

_ISSUER = (
    r"(?:case|client|patient|pupil|student|learner|candidate|unique (?:learner|pupil)|crime|incident|"
    r"reference|ref|referral|"
    r"upn|uln|ucas|ucn|lcs|ehm|eha|ehcp|ehc|caf|mosaic|liquid ?logic|azeus|care ?first|frameworki?|eclipse|"
    r"capita|sims|arcs?|"
    r"passport|driving licen[cs]e|licen[cs]e|library card|oyster|zip|home office|brp|asylum|visa|payroll|"
    r"employee|staff|"
    r"social work england|swe|registration|dbs|certificate|hospital|account|acc|sort code|bank|card|"
    r"tenancy|rent|housing|"
    r"council tax|uc|universal credit|benefits?|claim|court|order|urn|crn|pnc|police|custody|log|bus pass|"
    r"locker|member(?:ship)?|"
    r"car reg|reg|registration|number plate|plate|id|child|person|service user|system|rio|systmone|emis|"
    r"hcpc|nmc)"
)
_LABEL = (
    r"(?:(?: (?:id|ids|number|num|no|nos|ref|reference|code|record|details|card|plate))*)[.:#]?"
    r"(?:(?:'s| is| was|:| -| =|,| \() ?)?"
)
_VALUE = r"(?=[a-z0-9/\-]*\d)[a-z0-9]+(?:[/\-][a-z0-9]+)*"
_CUED = re.compile(rf"\b{_ISSUER}{_LABEL} ?#?(?P<it>{_VALUE})(?![\w%£])")
_LABELLED = re.compile(
    rf"\b(?:id|ref|reference|number|no\.?|num) ?(?:is|:|"
    rf"#)? ?#?(?P<it>(?=[a-z0-9/\-]*[a-z/\-])(?=[a-z0-9/\-]*\d\d\d){_VALUE})(?!\w)"
)
_SHAPED = re.compile(
    r"(?<![\w/@])(?P<it>[a-z]{2,6}[/\-]\d{3,}(?:[/\-]\w+)*|[a-z]{2,4}/\d{2,4}/\d{2,6}|[a-z]\d{12}|"
    r"[a-z]{2}\d{6,})(?!\w)"
)
_PLATE = re.compile(
    r"\b(?:reg|plate|registration|car|van|vehicle)\b[^.\n]{0,16}?\b(?P<it>[a-z]{2}\d\d ?[a-z]{3}|"
    r"[a-z]\d{1,3} ?[a-z]{3})\b"
)
_SORT_CODE = re.compile(r"(?<!\d)(?P<it>\d\d-\d\d-\d\d)(?!\d)")
_LONG = re.compile(r"(?<![\d£+#.,])(?P<it>\d{7,})(?![\d%])")


def find(reading: Reading) -> Iterator[Place]:
    for start, end in search(_CUED, reading.low):
        if len(re.sub(r"[^a-z0-9]", "", reading.low[start:end])) >= 4 and not _is_year(reading.low[start:end]):
            yield start, end
    for pattern in (_LABELLED, _SHAPED, _PLATE, _SORT_CODE, _LONG):
        yield from search(pattern, reading.low)


def _is_year(value: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d(?:[/\-]\d\d)?", value) is not None


RECOGNIZER = Recognizer("other_ids", Kind.OTHER_ID, find)
