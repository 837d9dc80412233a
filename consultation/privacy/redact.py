"""Turns what was typed into what may be kept, by putting a token where each detected span was.

Must not know how spans are found, nor what happens to the text afterwards. A detector that fails raises
through here: to keep nothing then is the caller's part of the promise.
"""

from __future__ import annotations

from consultation.domain.text import RawText, RedactedText
from consultation.privacy.detect import Detector


def redact(raw: RawText, detector: Detector) -> RedactedText:
    """Replace every span that the detector finds by the token of its kind ("[name]", "[school]" ...).

    Raises whatever the detector raises; there is no partly redacted result.
    """
    typed = raw.reveal()
    kept: list[str] = []
    position = 0
    spans = detector.detect(typed)
    for span in spans:
        kept += [typed[position : span.start], span.kind.token]
        position = span.end
    kept.append(typed[position:])
    return RedactedText.stored("".join(kept))
