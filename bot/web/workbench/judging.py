"""What was sent from a page on which answers are judged, read into judgements. Knows no page and no storage."""

from starlette.datastructures import FormData

from analysis.operations.review import SENTIMENTS, Judgement, Place
from analysis.records import Facet, Verdict


class NotUnderstood(ValueError):
    """What was sent can't be done; `str()` says why, and how to mend it."""


def judgement_of(form: FormData, text: str) -> Judgement:
    facet, code = key_in(str(form.get("key", "")))
    try:
        verdict = Verdict(str(form.get("verdict", "")))
    except ValueError:
        verdict = Verdict.ACCEPTED
    if verdict is Verdict.ACCEPTED:  # in bulk, which is done elsewhere and says that nobody looked
        raise NotUnderstood("Nothing was done: choose whether the code is accepted, rejected or added.")
    if facet is Facet.SENTIMENT and code not in SENTIMENTS:
        raise NotUnderstood(f"A tone is one of: {', '.join(SENTIMENTS)}.")
    return Judgement(facet, code, verdict, _place(form, text) if form.get("mark") else None)


def key_in(key: str) -> tuple[Facet, str]:
    facet, _, code = key.partition(" ")
    try:
        return Facet(facet), code
    except ValueError:
        raise NotUnderstood("Choose a code from the list first.") from None


def _place(form: FormData, text: str) -> Place:
    """The words that were selected or, without script, typed as they stand in the answer."""
    start, end = number_in(form.get("start")), number_in(form.get("end"))
    if start is not None and end is not None and start < end <= len(text):
        return start, end
    words = str(form.get("words", "")).strip()
    found = text.casefold().find(words.casefold()) if words else -1
    if found < 0 or len(text.casefold()) != len(text):
        raise NotUnderstood("Select the words in the answer first, or type them as they stand there.")
    return found, found + len(words)


def number_in(typed: object) -> int | None:
    return int(str(typed)) if str(typed).isdecimal() and len(str(typed)) < 10 else None
