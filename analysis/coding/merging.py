"""What becomes of an answer's codings when several codes become one. Pure; knows no storage."""

from collections.abc import Collection, Mapping

from analysis.records import Verdict


def merged(proposed: Collection[str], decided: Mapping[str, Verdict]) -> Verdict | None:
    """The verdict on the one code, from what the machine proposed and people decided about the several.

    Whoever confirmed or added any of them said that the one applies; what was accepted in bulk stays so unless somebody
    did. Else, a proposal that nobody has looked at keeps
    standing as a proposal: a person who rejected one of the codes said nothing of the others. Only where all that was
    proposed was rejected is the one rejected, too.
    """
    stands = set(decided.values()) - {Verdict.REJECTED}
    if stands == {Verdict.ACCEPTED}:
        return Verdict.ACCEPTED
    if stands:
        return Verdict.CONFIRMED if proposed else Verdict.ADDED
    if set(proposed) - decided.keys():
        return None
    return Verdict.REJECTED if decided else None
