"""What a person decides: whether a coding stands, and whether words may be quoted. The machine never decides."""

from datetime import date

from analysis.codebook import Codebook
from analysis.records import Facet, Verdict
from analysis.storage import codings
from analysis.storage.database import Database

SENTIMENTS = ("positive", "negative", "mixed", "neutral")


def decide_coding(
    database: Database, codebook: Codebook, answer: str, facet: Facet, code: str, verdict: Verdict, *, by: str, on: date
) -> None:
    """Record a decision over any earlier one. Raises `UnknownCode` for a code that the codebook does not have, and
    `UnknownAnswer` for an answer that is no longer there."""
    if facet is not Facet.SENTIMENT:
        codebook.code(code)
    elif code not in SENTIMENTS:
        raise ValueError(f"'{code}' is not a sentiment. It is one of: {', '.join(SENTIMENTS)}.")
    with database.write() as session:
        codings.decide(session, answer, facet, code, verdict, by, on)


def clear_quotation(database: Database, answer: str, *, by: str, on: date) -> None:
    """Note that a person has read the whole answer and that it gives nobody away. Raises `UnknownAnswer`."""
    with database.write() as session:
        codings.clear(session, answer, by, on)


def withdraw_clearance(database: Database, answer: str) -> None:
    with database.write() as session:
        codings.unclear(session, answer)
