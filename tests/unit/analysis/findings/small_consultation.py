"""A small consultation for the tests of findings and exports: made here, the same each time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from analysis.codebook import Code, Codebook, Statements, Workforce
from analysis.findings.build import Findings, build_report
from analysis.findings.participants import Characteristic
from analysis.findings.report import Commission
from analysis.findings.trust import Codes, Review
from analysis.frameworks import Framework, Objective, Source
from analysis.records import AUDIENCES, AnswerRecord, Coding, Facet, ResponseRecord, Verdict

RUN = "a41c9f0b2233"
COMMISSION = Commission(
    title="What do you want from the people who work with you?",
    authority="Fenshire County Council",
    purpose="to write the next workforce strategy",
    decided_by="the Workforce Strategy Group",
    collected="People answered by chat.",
    opens_on=date(2026, 3, 3),
    closes_on=date(2026, 3, 28),
    simulated=True,
)
CHARACTERISTICS = (
    Characteristic(
        "age_band", "Age", {"11_12": "11 or 12", "13_15": "13 to 15", "16_17": "16 or 17"}, audiences=("young_person",)
    ),
    Characteristic("area", "Area", {"city": "The city", "fen": "The fen", "coast": "The coast"}),
    Characteristic("listened", "How well people listen", {str(n): str(n) for n in range(1, 6)}, "scale"),
    Characteristic("helped_by", "Who has helped", {"teacher": "Teacher", "nurse": "Nurse"}, "several"),
)
FRAMEWORK = Framework(
    id="fenshire", authority="Fenshire County Council", partnership="Fenshire Partnership", title="Strategy",
    years="2026-29", source=Source("Fenshire Strategy", 2026, ("Priorities",)), vision=(), principles=(), priorities=(),
    plan_title="The plan", objectives=(),
    by_outcome={"stay_safe": (Objective("safe", "help young people feel safe where they live"),)},
)  # fmt: skip

# audience, outcome, theme, how many people say it, and one of the things that they say
SAYINGS = (
    (
        "young_person",
        "stay_safe",
        "bullying",
        23,
        "When I told them about it they acted the same week, and kept asking",
    ),
    (
        "young_person",
        "stay_safe",
        "listening",
        11,
        "She let me finish what I was saying before she wrote anything down",
    ),
    (
        "young_person",
        "be_healthy",
        "listening",
        6,
        "The nurse listened to it all and didn't look at the clock even once",
    ),
    (
        "parent_carer",
        "stay_safe",
        "bullying",
        12,
        "School rang us every Friday until the name calling had really stopped",
    ),
    ("parent_carer", "be_healthy", "waiting", 9, "We waited fourteen months for an appointment and nobody told us why"),
    ("staff", None, "waiting", 3, "Half of my week goes on explaining to families why nobody rang them back"),
)


def codebook() -> Codebook:
    return Codebook(
        id="small",
        version=2,
        title="A small codebook",
        outcomes=(_code("be_healthy", "Be healthy", "outcome"), _code("stay_safe", "Stay safe", "outcome")),
        themes=(
            _code("listening", "Listening", "theme", "want to be heard", "listens"),
            _code("bullying", "Bullying", "theme", "want bullying dealt with", "knows what to do about bullying"),
            _code("waiting", "Waiting", "theme", "should not have to wait", "answers soon"),
        ),
    )


def _code(code: str, name: str, facet: str, clause: str = "", workforce: str | None = None) -> Code:
    said = dict.fromkeys(AUDIENCES, f"they {clause}") if clause else {}
    return Code(
        id=code,
        guid=uuid5(NAMESPACE_URL, code),
        name=name,
        facet="outcome" if facet == "outcome" else "theme",
        definition=name,
        statements=Statements(said),
        workforce=Workforce(workforce),
    )


@dataclass(frozen=True)
class SmallConsultation:
    """What a report is made of."""

    answers: tuple[AnswerRecord, ...]
    responses: tuple[ResponseRecord, ...]
    codings: tuple[Coding, ...]
    cleared: dict[str, str]

    def report(
        self,
        commission: Commission = COMMISSION,
        reviews: Sequence[Review] = (),
        doubled: Sequence[tuple[Codes, Codes]] = (),
    ) -> Findings:
        return build_report(
            commission=commission,
            answers=self.answers,
            responses=self.responses,
            codings=self.codings,
            codebook=codebook(),
            framework=FRAMEWORK,
            run=RUN,
            cleared=self.cleared,
            characteristics=CHARACTERISTICS,
            reviews=reviews,
            doubled=doubled,
        )

    def reversed(self) -> "SmallConsultation":
        """The same, in another order."""
        return replace(
            self,
            answers=self.answers[::-1],
            responses=self.responses[::-1],
            codings=self.codings[::-1],
            cleared=dict(reversed(self.cleared.items())),
        )

    def with_text(self, answer_id: str, text: str) -> "SmallConsultation":
        answers = (replace(each, text=text) if each.answer_id == answer_id else each for each in self.answers)
        return replace(self, answers=tuple(answers))

    def quoting(self, answer_id: str, text: str) -> "SmallConsultation":
        """With only that answer cleared."""
        return replace(self.with_text(answer_id, text), cleared={answer_id: "participation officer"})


def small_consultation() -> SmallConsultation:
    """41 young people, 21 parents and 3 members of staff; one answer uncoded, one withheld."""
    answers: list[AnswerRecord] = []
    codings: list[Coding] = []
    for number, (audience, outcome, theme, people, text) in enumerate(SAYINGS):
        for person in range(people):
            answer = AnswerRecord(
                answer_id=f"a{number}-{person:02}",
                response_id=f"r{number}-{person:02}",
                audience=audience,
                question="safer",
                text=f"{text} {'again ' * (person % 5)}".strip() + (f" and {person}" if person else ""),
            )
            answers.append(answer)
            codings += [
                _coding(answer, facet, code)
                for facet, code in ((Facet.OUTCOME, outcome), (Facet.THEME, theme), (Facet.SENTIMENT, "mixed"))
                if code
            ]
    answers.append(AnswerRecord("a9-00", "r9-00", "young_person", "safer", "dunno"))
    answers.append(AnswerRecord("a9-01", "r0-00", "young_person", "healthy", "", withheld=True))
    return SmallConsultation(
        answers=tuple(answers),
        responses=tuple(_response(each) for each in answers if not each.withheld),
        codings=tuple(codings),
        cleared={each.answer_id: "participation officer" for each in answers[::3]},
    )


def _coding(answer: AnswerRecord, facet: Facet, code: str) -> Coding:
    verdict = Verdict.CONFIRMED if answer.answer_id.endswith("4") else None
    return Coding(answer.answer_id, facet, code, 0, 12, 0.75, "near to exemplars", "machine 1", verdict)


def _response(answer: AnswerRecord) -> ResponseRecord:
    place = int(answer.answer_id[-2:])
    choices: dict[str, str | tuple[str, ...] | int] = {
        "area": "city" if place % 2 else "fen",
        "listened": 1 + place % 5,
        "helped_by": ("teacher", "nurse") if place % 3 else ("teacher",),
    }
    if answer.audience == "young_person":
        choices["age_band"] = "16_17" if place == 7 else "13_15" if place % 2 else "11_12"
    return ResponseRecord(answer.response_id, answer.audience, True, choices)
