"""How many themes that were hidden on purpose come back as candidates. `python -m analysis.themes.measure` prints it.

Themes are taken out of the shipped codebook, and a coder learns from exemplars that carry none of them. Other exemplars
are the consultation: the coder codes them, and candidates are looked for in what it leaves. A theme has come back where
at least half of a candidate's answers carry it by hand. Tunes nothing: the draws with which the clustering was chosen
(0 to 4) are not those that are printed.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from analysis.codebook import Codebook, shipped_codebook
from analysis.coding.exemplars import Exemplar, folds, read_exemplars
from analysis.coding.suggestion import Coder
from analysis.coding.teach import teach
from analysis.records import AnswerRecord, Facet
from analysis.themes.cluster import Candidate, find_candidates
from consultation.encoder import Encoder, MiniLM

DRAWS = range(100, 105)
HIDE = (3, 6)  # themes, at least and at most
PARTS = 4  # one of which is asked
ASKED = 1000  # answers, of that part: the consultation
LEARNT_FROM = 1200  # exemplars: enough for a coder, and quick
MAJORITY = 0.5
HIDDEN, BACK = 21, 8  # what it printed last, for the page that shows candidates


@dataclass(frozen=True)
class Drawn:
    """What came of one draw. `purity`: for each candidate that brought a hidden theme back, the share of its answers
    that carry it; `left`: the share of answers that carry a hidden theme and are in no candidate."""

    hidden: tuple[str, ...]
    back: frozenset[str]
    candidates: int
    purity: tuple[float, ...]
    left: float


def measure(
    rows: Sequence[Exemplar], codebook: Codebook, encoder: Encoder, seed: int,
    taught: Callable[[Sequence[Exemplar], Codebook], Coder] = teach, hide: tuple[int, int] = HIDE,
) -> Drawn:  # fmt: skip
    chance = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    hidden = chance.sample(codebook.theme_ids, chance.randint(*hide))
    drawn = chance.randrange(PARTS)
    part = folds(rows, PARTS)
    asked = [row for row, each in zip(rows, part, strict=True) if each == drawn]
    asked = chance.sample(asked, min(ASKED, len(asked)))
    known = [
        row for row, each in zip(rows, part, strict=True) if each != drawn and not set(hidden) & set(row.themes or ())
    ]
    chance.shuffle(known)
    without = replace(codebook, themes=tuple(each for each in codebook.themes if each.id not in hidden))
    coder = taught(known[:LEARNT_FROM], without)
    answers = [
        AnswerRecord(f"{at:05}", f"{at:05}", row.audience, row.question, row.text) for at, row in enumerate(asked)
    ]
    codings = [each for suggestion in coder.code(answers) for each in suggestion.codings if each.facet is Facet.THEME]
    truth = {answer.answer_id: set(row.themes or ()) & set(hidden) for answer, row in zip(answers, asked, strict=True)}
    return _score(tuple(hidden), find_candidates(answers, codings, without, encoder), truth)


def _score(hidden: tuple[str, ...], found: Sequence[Candidate], truth: dict[str, set[str]]) -> Drawn:
    back, purity, inside = set(), [], set()
    for candidate in found:
        inside |= set(candidate.answers)
        carried = Counter(code for each in candidate.answers for code in truth[each])
        code, count = carried.most_common(1)[0] if carried else ("", 0)
        if count >= MAJORITY * len(candidate.answers):
            back.add(code)
            purity.append(count / len(candidate.answers))
    speak = {answer for answer, codes in truth.items() if codes}
    return Drawn(hidden, frozenset(back), len(found), tuple(purity), len(speak - inside) / max(len(speak), 1))


def main() -> None:
    rows = [replace(row, **asdict(row.again)) if row.again else row for row in read_exemplars()]
    codebook, encoder = shipped_codebook(), MiniLM()
    drawn = []
    for seed in DRAWS:
        each = measure(rows, codebook, encoder, seed)
        drawn.append(each)
        print(f"draw {seed}: {_line([each])}; hidden: {', '.join(each.hidden)}; back: {', '.join(sorted(each.back))}")
    print(f"together: {_line(drawn)}")


def _line(drawn: Sequence[Drawn]) -> str:
    purity = [value for each in drawn for value in each.purity]
    pure = f"{sum(purity) / len(purity):.2f}" if purity else "none"
    hidden, back = sum(len(each.hidden) for each in drawn), sum(len(each.back) for each in drawn)
    candidates, left = sum(each.candidates for each in drawn), sum(each.left for each in drawn) / len(drawn)
    return (
        f"{back} of {hidden} hidden themes came back; {len(purity)} of {candidates} candidates are mostly one of them, "
        f"with a purity of {pure}; {left:.2f} of the answers that carry a hidden theme are in no candidate"
    )


if __name__ == "__main__":
    main()
