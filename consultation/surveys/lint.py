"""Easy Read, looked over: what in a survey file's Easy Read is too long, too hard or not there. Pure.

Only style: nothing here stops a survey from opening. `sure` is what guides to Easy Read say plainly (Mencap, "Am I
making myself clear?"); the rest are hints, because a machine can't tell whether they are right.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from consultation.domain.wording import EASY_READ, PLAIN
from consultation.surveys.missing import SHORT, gaps, wordings
from consultation.surveys.reading import reading_age, sentences, words

LONGEST_SENTENCE = 15  # words
LONGEST_WORD = 12  # letters
OLDEST = 9  # the reading age that Easy Read may ask for

PLACEHOLDER = re.compile(r"\{[^{}]*\}")
CONTRACTION = re.compile(
    r"\b[a-z]+(?:n[’']t|[’'](?:ll|ve|re|d|m))\b|\b(?:it|that|there|here|what|who|let)[’']s\b", re.IGNORECASE
)
SHORTHAND = re.compile(r"\b(?:e\.g\.|i\.e\.|etc\b\.?)|\band/or\b|[;&%(]", re.IGNORECASE)
NUMBER_WORD = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred)\b", re.IGNORECASE)
JOINED = re.compile(r"\b(?:and|but|because|so) (?:I|you|we|they|he|she|it|this|that|there|who)\b")
PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being) (?!(?:finished|worried|tired|scared|interested|stopped|closed)\b)"
    r"(?:not )?(?:\w{2,}ed|given|kept|made|told|taken|written|seen|shown|sent|held|done|put|read by)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Finding:
    """What is not Easy Read: the line of the file, what stands there ("prompt"), its words, and how to mend it."""

    line: int
    what: str
    words: str
    mend: str
    sure: bool = True

    def __str__(self) -> str:
        return f"line {self.line} ({self.what}): “{self.words}” {self.mend}"


Rule = tuple[re.Pattern[str], str, bool]  # what is looked for, what is said of it, whether it is sure
RULES: tuple[Rule, ...] = (
    (CONTRACTION, "is short for two words. Write both.", True),
    (SHORTHAND, "is shorthand. Say it in words, in a sentence of its own.", True),
    (re.compile(rf"\b[^\W\d_]{{{LONGEST_WORD + 1},}}\b"), "is a long word. Find a shorter one, or explain it.", True),
    (NUMBER_WORD, "is easier to read as a figure.", False),
    (JOINED, "may join two ideas. One idea a sentence is easier.", False),
    (PASSIVE, "doesn't say who does it. Say who.", False),
)


def lint(body: str) -> list[Finding]:
    """What may be mended in the Easy Read of the survey file `body`, in the order of the file."""
    tree = yaml.compose(body, Loader=yaml.SafeLoader)
    found = [*_missing(body), *_without_picture(tree)]
    for kind, node in wordings(tree):
        text = _read_by_easy_readers(kind, node)
        if text is None:
            continue
        what = kind.replace("_", " ")
        for line, each in _lines(text):
            found += (Finding(line, what, *rest) for rest in look_over(each) if rest[-1] or kind not in SHORT)
        if (age := reading_age(_filled(text.value))) is not None and age > OLDEST:
            mend = f"needs a reading age of {age:.0f}. Use shorter words and sentences."
            found.append(Finding(text.start_mark.line + 1, what, _beginning(text.value), mend))
    return sorted(found, key=lambda each: (each.line, not each.sure))


def look_over(text: str) -> Iterator[tuple[str, str, bool]]:
    """(the words, how to mend them, whether it is sure) of what is not Easy Read in a text, sentence by sentence."""
    for each in sentences(_filled(text)):
        if len(found := words(each)) > LONGEST_SENTENCE:
            yield each, f"has {len(found)} words. Make sentences of {LONGEST_SENTENCE} at most.", True
        for pattern, mend, sure in RULES:
            for word in dict.fromkeys(match[0] for match in pattern.finditer(each)):
                yield word, mend, sure


def _filled(text: str) -> str:
    return PLACEHOLDER.sub("Town", text)


def _missing(body: str) -> Iterator[Finding]:
    for each in gaps(body, EASY_READ):
        yield Finding(each.line, each.what, _beginning(each.english), f"has no Easy Read. Add a line '{EASY_READ}: …'.")


def _without_picture(tree: yaml.Node | None) -> Iterator[Finding]:
    for node in _nodes(tree):
        parts = {name.value: value for name, value in node.value}
        if "prompt" in parts and "picture" not in parts and "rows" not in parts:
            name = parts["id"].value if "id" in parts else "this question"
            yield Finding(node.start_mark.line + 1, "question", str(name), "has no picture. Add 'picture: …'.", False)


def _nodes(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    children: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        yield node
        children = [value for _, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        children = node.value
    for each in children:
        yield from _nodes(each)


def _read_by_easy_readers(what: str, node: yaml.Node) -> yaml.ScalarNode | None:
    """What readers of Easy Read get: a label stands for itself where it has no other."""
    texts = {name.value: value for name, value in node.value} if isinstance(node, yaml.MappingNode) else {PLAIN: node}
    text = texts.get(EASY_READ) or (texts.get(PLAIN) if what in SHORT else None)
    return text if isinstance(text, yaml.ScalarNode) else None


def _lines(text: yaml.ScalarNode) -> Iterator[tuple[int, str]]:
    """(line of the file, what stands there)."""
    first = text.start_mark.line + 1
    return enumerate(text.value.splitlines(), first + 1) if text.style == "|" else iter([(first, text.value)])


def _beginning(text: str, longest: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest].rsplit(' ', 1)[0]} …"
