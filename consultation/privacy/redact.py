"""Turns what was typed into what may be kept, by putting a token where each detected span was.

Must not know how spans are found, nor what happens to the text afterwards. A detector that fails raises
through here: to keep nothing then is the caller's part of the promise.
"""

from __future__ import annotations

from consultation.domain.text import RawText, RedactedText, Span
from consultation.privacy.detect import Detector

ROUNDS = 4  # each hides something new, so that a text is nearly always settled in two


def redact(raw: RawText, detector: Detector) -> RedactedText:
    """Replace every span that the detector finds by the token of its kind ("[name]", "[school]" ...).

    What stands beside a detail changes how the rest is read ("im 14 mth0"), so the result is read again until nothing
    more is found in it. Raises whatever the detector raises; there is no partly redacted result.
    """
    text = raw.reveal()
    for _ in range(ROUNDS):
        spans = detector.detect(text)
        if not spans:
            break
        text = _hide(text, spans)
    return RedactedText.stored(text)


def _hide(text: str, spans: tuple[Span, ...]) -> str:
    kept: list[str] = []
    position = 0
    for span in spans:
        kept += [text[position : span.start], span.kind.token]
        position = span.end
    return "".join([*kept, text[position:]])
