"""Every sentence that the code can ask for is there, in words that its readers can follow, in every locale alike."""

import ast
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import bot
import consultation
from consultation.domain.concern import Kind
from consultation.domain.consultation import Audience, ContactMode
from consultation.domain.languages import LANGUAGES
from consultation.domain.survey import Precision
from consultation.domain.text import Kind as Detail
from consultation.domain.wording import EASY_READ, PLAIN, Localised, Words
from consultation.flow.events import Command
from consultation.flow.prompts import REMINDERS
from consultation.flow.state import Awaiting
from consultation.locale import in_words, render
from consultation.locale.catalogue import FOLDER, catalogue, lacking
from consultation.privacy.receipts import Slip

# What may stand in the braces of a key that is put together. A new name there must be added, or the test fails.
SAFE = ("yes", "no", "not_sure")
SYSTEM_PROMPTS = tuple(
    each
    for each in Awaiting
    if each not in (Awaiting.START, Awaiting.ANSWER, Awaiting.MORE, Awaiting.ENDED, Awaiting.DELETED)
)
FAMILIES: dict[str, tuple[str, ...]] = {
    "not_text.{event.kind}": ("photo", "sticker", "voice", "file", "location", "contact", "other"),
    "locale.{command.value}": (Command.EASY, Command.PLAIN),
    "command.{command.value}": tuple(Command),
    "{state.awaiting.value}.again": (Awaiting.ENDED, Awaiting.DELETED),
    "ask.{state.awaiting.value}": SYSTEM_PROMPTS,
    "audience.{each.value}": tuple(Audience),
    "safe.{each}": SAFE,
    "may_write.{each}": ("yes", "no"),
    "contact.{each}": ("write_back", "no_more"),
    "contact.passed_on.{kind.value}": (Kind.CONTACT, Kind.REPLY),
    "safeguarding.support.{who}": tuple(Audience),
    "safeguarding.immediate.{who}": tuple(Audience),
    "privacy.{state.contact.value}": (ContactMode.OPT_IN, ContactMode.REPLY_HANDLE),
    "safe.after_{answer}": SAFE,
    "delete.{each}": ("yes", "no"),
    "receipt.{read.value}": tuple(Slip),
    "hidden.one.{kind.value}": tuple(Detail),
    "hidden.several.{kind.value}": tuple(Detail),
    "hint.{question.precision.value}": tuple(Precision),
    "choice.{each}": (Command.RESUME, Command.STOP, Command.DELETE, Command.CHANGE, *REMINDERS),
}  # fmt: skip
LOCALES = sorted(path.stem for path in FOLDER.glob("*.po"))
OTHERS = tuple(each for each in LANGUAGES if each != PLAIN)
SPELT_ALIKE = {"pl": {"web.start"}, "ro": {"command.stop"}}  # as in English, and rightly so


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in (consultation, bot):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def templates_of(node: ast.expr) -> list[str]:
    """The key, or keys, that an expression can give; `{…}` where a value goes in."""
    match node:
        case ast.Constant(value=str(key)):
            return [key]
        case ast.JoinedStr(values=parts):
            return ["".join(_part(each) for each in parts)]
        case ast.IfExp(body=one, orelse=other):
            return [*templates_of(one), *templates_of(other)]
    return []


def _part(node: ast.expr) -> str:
    """A piece of a template: plain words, or braces around what goes in."""
    return f"{{{ast.unparse(node.value)}}}" if isinstance(node, ast.FormattedValue) else str(ast.literal_eval(node))


def asked_for() -> dict[str, str]:
    """Every key template handed to `Words`, `_choice` or a page's `words`, with a place where it is."""
    found: dict[str, str] = {}
    for path, tree in sources():
        variables = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = {"Words": 0, "_choice": 1, "words": 0}.get(node.func.id)
            if place is None or len(node.args) <= place:
                continue
            argument = node.args[place]
            if isinstance(argument, ast.Name) and argument.id in variables:
                argument = variables[argument.id]
            for template in templates_of(argument):
                found[template] = f"{path.name}:{node.lineno}"
            if isinstance(argument, ast.Subscript):  # a dictionary of keys beside it
                found.update(dict.fromkeys(_values(variables, argument), f"{path.name}:{node.lineno}"))
    for path in Path(bot.__path__[0]).rglob("*.html"):
        for key in re.findall(r"""\bwords\(["']([\w.]+)["'][,)]""", path.read_text(encoding="utf-8")):
            found[key] = path.name
    return found


def _values(variables: dict[str, ast.expr], node: ast.Subscript) -> list[str]:
    held = variables.get(node.value.id) if isinstance(node.value, ast.Name) else None
    return [key for each in held.values for key in templates_of(each)] if isinstance(held, ast.Dict) else []


def keys() -> dict[str, str]:
    """Every whole key that can be asked for."""
    whole: dict[str, str] = {}
    for template, where in asked_for().items():
        if "{" not in template:
            whole[template] = where
            continue
        braces = re.sub(r"\{[^}]*\}", "{}", template)
        values = FAMILIES.get(template)
        assert values is not None, f"{where}: nobody has said what may stand in {template!r}"
        whole.update({braces.format(value): where for value in values})
    return whole


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_key_in_the_code_has_an_english_sentence() -> None:
    wanted = keys()
    assert len(wanted) > 60, "the search for keys found too little to mean anything"
    assert {key: where for key, where in wanted.items() if key not in catalogue(PLAIN)} == {}


def test_every_family_of_keys_is_still_in_use() -> None:
    assert set(FAMILIES) <= set(asked_for())


def test_no_sentence_is_there_for_nobody() -> None:
    assert set(catalogue(PLAIN)) - set(keys()) == set()


def test_there_is_a_catalogue_for_every_language_and_for_easy_read() -> None:
    assert set(LOCALES) == {*LANGUAGES, EASY_READ}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_sentence_and_nothing_in_english_by_mistake(language: str) -> None:
    assert lacking(language) == []
    alike = {key for key, text in catalogue(language).items() if text == catalogue(PLAIN)[key]}
    assert alike == SPELT_ALIKE.get(language, set())


@pytest.mark.parametrize("language", OTHERS)
def test_every_value_goes_in_as_often_as_in_english(language: str) -> None:
    english = catalogue(PLAIN)
    assert {
        key: text
        for key, text in catalogue(language).items()
        if sorted(re.findall(r"{\w+}", text)) != sorted(re.findall(r"{\w+}", english[key]))
    } == {}


@pytest.mark.parametrize("language", OTHERS)
def test_numbers_to_ring_and_keys_to_press_are_the_same_in_every_language(language: str) -> None:
    for key, text in catalogue(PLAIN).items():
        numbers = [each for each in ("999", "55", "20") if re.search(rf"\b{each}\b", text)]
        assert [each for each in numbers if not re.search(rf"\b{each}\b", catalogue(language)[key])] == [], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_and_a_day_are_written_as_the_language_writes_them(language: str) -> None:
    kinds = tuple(Words(f"hidden.one.{each.value}") for each in list(Detail)[:2])
    said = render(Words("hidden.briefly", {"kinds": kinds}), language)
    assert all(render(each, language) in said for each in kinds)
    assert "{" not in said
    assert "2029" in in_words(date(2029, 3, 3), language) or "٢٠٢٩" in in_words(date(2029, 3, 3), language)
    assert ("March" in in_words(date(2029, 3, 3), language)) is (language == PLAIN)


@pytest.mark.parametrize("locale", [each for each in LOCALES if each != PLAIN])
def test_other_locales_have_no_key_of_their_own_and_the_same_placeholders(locale: str) -> None:
    assert len(catalogue(locale)) > 30
    for key, text in catalogue(locale).items():
        assert key in catalogue(PLAIN), f"{key} is in {locale} alone"
        assert placeholders(text) == placeholders(catalogue(PLAIN)[key]), key


def test_easy_read_has_every_sentence_longer_than_a_label() -> None:
    long = {key for key, text in catalogue(PLAIN).items() if len(text.split()) > 6 and not key.startswith("group.")}
    assert long - set(catalogue(EASY_READ)) == {"locale.plain"}, "said in the standard wording, since it is on again"


def test_easy_read_sentences_have_fifteen_words_at_most() -> None:
    sentences = [
        (key, part)
        for key, text in catalogue(EASY_READ).items()
        for part in re.split(r"[.!?:]\s", text)
        if part.strip()
    ]
    assert len(sentences) > 80
    assert [(key, part) for key, part in sentences if len(part.split()) > 15] == []


def test_easy_read_avoids_contractions_and_long_words() -> None:
    for key, text in catalogue(EASY_READ).items():
        assert not re.search(r"\b\w+[’'](?:t|ll|ve|re|d|m)\b", text), f"{key}: {text}"
        assert max(len(word) for word in re.findall(r"[A-Za-z]+", text)) <= 12, f"{key}: {text}"


def test_a_key_without_a_sentence_is_loud() -> None:
    with pytest.raises(KeyError, match=r"no sentence for 'no\.such\.key'"):
        render(Words("no.such.key"), PLAIN)


@pytest.mark.parametrize(
    ("locale", "text"), [("en@easy", "easy"), ("en", "plain"), ("en@other", "plain"), ("cy", "plain")]
)
def test_a_wording_falls_back_to_its_language_and_then_to_english(locale: str, text: str) -> None:
    assert render(Localised({"en": "plain", "en@easy": "easy"}), locale) == text


def test_an_untranslated_sentence_comes_in_english_and_keeps_its_values() -> None:
    assert render(Words("answer.number", {"lowest": 1, "highest": 5}), "fr").startswith(
        "I was looking for a whole number from 1 to 5"
    )
