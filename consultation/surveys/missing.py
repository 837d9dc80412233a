"""Which wordings of a survey file a language lacks, and where they stand. Pure.

Looks for wordings wherever they are in the file, and knows nothing of questions but that each has a short name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from consultation.content.checked_yaml import FAST
from consultation.domain.languages import ENGLISH, is_easy, is_locale
from consultation.domain.wording import ANY, PLAIN

SHORT = frozenset({"label", "short_name", "low", "high"})  # is easy to read as it is


@dataclass(frozen=True)
class Gap:
    """A wording that is missing in a locale: the line where the others of it stand, what it is, and its English."""

    line: int
    what: str
    english: str


def gaps(body: str, locale: str) -> list[Gap]:
    """Every wording of the survey file `body` that has nothing for `locale`, in the order of the file."""
    found = (_gap(what, node, locale) for what, node in wordings(yaml.compose(body, Loader=FAST)))
    return [each for each in found if each is not None]


def partly(body: str, languages: Sequence[str]) -> frozenset[str]:
    """Those of `languages` in which something is missing."""
    found = list(wordings(yaml.compose(body, Loader=FAST)))
    return frozenset(
        each for each in languages if each != ENGLISH and any(_gap(what, node, each) for what, node in found)
    )


def wordings(tree: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """(what it is, where it stands) of every wording; one that is used again by its anchor comes once."""
    return _wordings("", tree, set())


def _wordings(key: str, node: yaml.Node | None, seen: set[int]) -> Iterator[tuple[str, yaml.Node]]:
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _wordings(key, each, seen)
    if not isinstance(node, yaml.MappingNode):
        return
    parts = {name.value: value for name, value in node.value}
    if parts and all(each == ANY or is_locale(each) for each in parts):
        yield key, node
        return
    if "prompt" in parts and not isinstance(parts.get("short_name"), yaml.MappingNode):
        yield "short_name", parts.get("short_name") or parts.get("id") or node
    for name, value in parts.items():
        yield from _wordings(name, value, seen)


def _gap(what: str, node: yaml.Node, locale: str) -> Gap | None:
    if is_easy(locale) and what in SHORT:
        return None
    texts = {name.value: value.value for name, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    if ANY in texts or locale in texts:
        return None
    english = texts.get(PLAIN) or (node.value if isinstance(node, yaml.ScalarNode) else "")
    return Gap(node.start_mark.line + 1, what.replace("_", " "), " ".join(str(english).split()))
