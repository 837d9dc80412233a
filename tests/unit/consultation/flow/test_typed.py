"""What people type in each language: no word of it is taken for something else, and none loses an answer."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.domain.languages import IN_ENGLISH, LANGUAGES
from consultation.domain.survey import QuestionKind
from consultation.domain.wording import PLAIN
from consultation.flow.events import Command
from consultation.flow.replies import declines, is_plain_yes, match_choice, match_choices, match_number, says_nothing
from consultation.flow.typed import EVERYWHERE, PLAINEST, TypedWords, command_word, fold, typed_command, words_of
from consultation.locale.catalogue import catalogue
from tests.builders import survey

OTHERS = tuple(each for each in LANGUAGES if each != PLAIN)
# What somebody might well answer, in one word, to a question such as "what would help you?" or "how do you feel?".
EVERYDAY = {
    "en": "money friends school respect food time listening kindness sleep football nothing yes no maybe good bad",
    "cy": "arian ffrindiau ysgol parch bwyd amser gwrando caredigrwydd cwsg da drwg efallai iawn ie na weithiau",
    "pl": "pieniądze przyjaciele szkoła szacunek jedzenie czas słuchanie dobroć sen dobrze źle może tak nie inaczej",
    "ro": "bani prieteni școala respect mâncare timp ascultare bunătate somn bine rău poate da nu altfel uneori",
    "uk": "гроші друзі школа повага їжа час слухати доброта сон добре погано може так ні інакше іноді",
    "ur": "پیسے دوست اسکول عزت کھانا وقت سننا مہربانی نیند اچھا برا شاید ہاں نہیں کبھی paisa izzat waqt acha shayad",
    "ar": "مال أصدقاء مدرسة احترام طعام وقت استماع لطف نوم جيد سيء ربما نعم لا أحيانا flous as7ab i7tiram wa2t",
}


def answers(words: TypedWords) -> dict[str, str]:
    """Every word that answers something, and what it means."""
    kinds = {"yes": words.yes, "no": words.no, "nothing": words.nothing, "never mind": words.never_mind,
             "ordinal": words.ordinals, "number": words.numbers}  # fmt: skip
    return {word: kind for kind, forms in kinds.items() for word in forms}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_is_never_an_answer_in_the_same_language(language: str) -> None:
    words = words_of(language)
    assert len(words.commands) > 15
    assert len(answers(words)) > 50
    assert {word: answers(words)[word] for word in words.commands if word in answers(words)} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_english_commands_are_no_answers_in_other_languages(language: str) -> None:
    mine = answers(words_of(language))
    assert {word: mine[word] for word in words_of(PLAIN).commands if word in mine} == {}


@pytest.mark.parametrize(("theirs", "mine"), list(product(OTHERS, LANGUAGES)))
def test_what_counts_everywhere_means_nothing_else_anywhere(theirs: str, mine: str) -> None:
    everywhere = {word: each for word, each in words_of(theirs).commands.items() if each in EVERYWHERE}
    assert len(everywhere) > 4
    assert {word: answers(words_of(mine))[word] for word in everywhere if word in answers(words_of(mine))} == {}
    other = words_of(mine).commands
    assert {word: other[word] for word, each in everywhere.items() if other.get(word, each) is not each} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_yes_is_not_no_and_no_word_has_two_places_or_numbers(language: str) -> None:
    words = words_of(language)
    assert set(words.yes) & set(words.no) == set()
    assert len(words.yes) > PLAINEST
    assert set(words.ordinals.values()) == set(range(1, 11))
    assert set(words.numbers.values()) >= set(range(21))
    assert set(words.yes) & set(words.ordinals) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_everyday_answers_are_no_commands(language: str) -> None:
    everyday = EVERYDAY[language].split()
    assert len(everyday) > 14
    assert {each: typed_command(each, language) for each in everyday if typed_command(each, language)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_but_easy_read_can_be_typed(language: str) -> None:
    unspoken = set(Command) - set(words_of(language).commands.values())
    assert unspoken <= {Command.EASY, Command.PLAIN}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_people_are_told_to_type_are_understood(language: str) -> None:
    """HELP and CHANGE, as the sentences name them: in capitals where the script has them, else as a word of theirs."""
    for key, command in (("help", Command.HELP), ("hidden.too_late", Command.CHANGE)):
        said = fold(catalogue(language)[key])
        forms = [word for word, each in words_of(language).commands.items() if each is command]
        assert any(re.search(rf"\b{re.escape(word)}\b", said) for word in forms), f"{key}: {said}"
    assert words_of(language).help_word in fold(catalogue(language)["help"])
    assert "help" in fold(catalogue(language)["help"]), "HELP stands beside it"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("talk", ["en", "pl", "ur", "en@easy"])
def test_help_is_understood_in_any_language_whatever_the_talks(language: str, talk: str) -> None:
    for word in (words_of(language).help_word, f"/{words_of(language).help_word}", f" {words_of(language).help_word}!"):
        assert command_word(word) is Command.HELP
        assert typed_command(word, talk) is Command.HELP


def test_a_cry_for_help_is_a_command_and_is_heard_by_the_screen_first() -> None:
    for cry in ("ratunku", "bachao", "النجدة", "рятуйте", "help me"):
        assert command_word(cry) is None
        assert typed_command(cry, PLAIN) is Command.HELP


@pytest.mark.parametrize(
    ("typed", "language", "command"),
    [
        ("/pomiń", "pl", Command.SKIP),
        ("POMIN!", "pl", Command.SKIP),
        ("pomiń", "en", None),
        ("skip", "pl", Command.SKIP),
        ("înapoi", "ro", Command.BACK),
        ("inapoi", "ro", Command.BACK),
        ("yn ol", "cy", Command.BACK),
        ("wapas", "ur", Command.BACK),
        ("تخطّي", "ar", Command.SKIP),
        ("تخطي", "ar", Command.SKIP),
        ("видалити", "uk", Command.DELETE),
        ("język", "en", Command.LANGUAGE),  # whoever can't read what the chat says
        ("زبان", "en", Command.LANGUAGE),
        ("/language", "ar", Command.LANGUAGE),
        ("skip it because I skip school", "en", None),
    ],
)
def test_commands(typed: str, language: str, command: Command | None) -> None:
    assert typed_command(typed, language) is command


AGREE = [("yes", "Tak, zgadzam się"), ("no", "Nie, nie zgadzam się")]
SURE = [("a", "Так, звісно"), ("b", "Ні"), ("c", "Не впевнена")]


@pytest.mark.parametrize(
    ("typed", "choices", "language", "meant"),
    [
        ("tak", AGREE, "pl", "yes"),
        ("TAK", AGREE, "pl", "yes"),
        ("zgadzam sie", AGREE, "pl", "yes"),
        ("nie zgadzam sie", AGREE, "pl", "no"),
        ("yes", AGREE, "pl", "yes"),
        ("ta druga", AGREE, "pl", "no"),
        ("٢", AGREE, "ar", "no"),
        ("۲", AGREE, "ur", "no"),
        ("haan ji", AGREE, "ur", "yes"),
        ("أيوه", AGREE, "ar", "yes"),
        ("ydw", AGREE, "cy", "yes"),
        ("bine", AGREE, "ro", "yes"),
        ("bine", AGREE, "pl", None),
        ("так", SURE, "uk", "a"),
        ("ні", SURE, "uk", "b"),
        ("може", SURE, "uk", None),
    ],
)
def test_a_choice_in_ones_own_words(typed: str, choices: list[tuple[str, str]], language: str, meant: str) -> None:
    assert match_choice(typed, choices, language) == meant


PLACES = [("x", "Park"), ("y", "Dom"), ("z", "Szkoła")]


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("1 i 3", "pl", ("x", "z")),
        ("park oraz szkola", "pl", ("x", "z")),
        ("1 si 3", "ro", ("x", "z")),
        ("1 a 3", "cy", ("x", "z")),
        ("1 й 3", "uk", ("x", "z")),
        ("١ و ٣", "ar", ("x", "z")),
        ("١ و٣", "ar", ("x", "z")),
        ("١، ٣", "ar", ("x", "z")),
        ("1 aur 3", "ur", ("x", "z")),
        ("۱ اور ۳", "ur", ("x", "z")),
        ("1 and 3", "ur", ("x", "z")),
        ("1 i 9", "pl", None),
    ],
)
def test_several_choices_in_ones_own_words(typed: str, language: str, meant: tuple[str, ...] | None) -> None:
    assert match_choices(typed, PLACES, language) == meant


@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [
        ("٣", "ar", 3),
        ("۳", "ur", 3),
        ("١٢ سنة", "ar", 12),
        ("dwa razy", "pl", 2),
        ("ani razu", "pl", 0),
        ("około pięciu", "pl", 5),
        ("no ze trzy", "pl", 3),
        ("de două ori", "ro", 2),
        ("de doua ori", "ro", 2),
        ("niciodata", "ro", 0),
        ("двічі", "uk", 2),
        ("три рази", "uk", 3),
        ("dwywaith", "cy", 2),
        ("مرتين", "ar", 2),
        ("teen baar", "ur", 3),
        ("twice", "ar", 2),
        ("twice", "pl", 2),
        ("dwa albo trzy", "pl", None),
    ],
)
def test_numbers_in_words_and_in_ones_own_figures(typed: str, language: str, number: int | None) -> None:
    assert match_number(typed, language) == number


@pytest.mark.parametrize(
    ("typed", "language"),
    [("nie wiem", "pl"), ("niewiem", "pl"), ("nu stiu", "ro"), ("не знаю", "uk"), ("pata nahi", "ur"), ("مدري", "ar"),
     ("dim byd", "cy"), ("Don't know.", "en"), ("idk nothing", "en"), ("idk", "pl")],
)  # fmt: skip
def test_nothing_to_say(typed: str, language: str) -> None:
    assert says_nothing(typed, language)
    assert not says_nothing("że słuchali", language)


def test_never_mind_and_plain_yes() -> None:
    assert declines("nieważne", "pl")
    assert declines("never mind", "pl")
    assert not declines("zadzwoń do mamy", "pl")
    assert is_plain_yes("TAK!", "pl")
    assert not is_plain_yes("może być", "pl")
    assert not is_plain_yes("sure", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_that_ships_means_itself_typed_without_accents(language: str) -> None:
    for question in survey().questions:
        if question.kind not in (QuestionKind.NUMBER, QuestionKind.TEXT):
            choices = [(str(each.id), each.label.in_(language)) for each in question.options]
            for value, label in choices:
                assert match_choices(fold(label), choices, language) == (value,), label


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_are_called_what_they_are(language: str) -> None:
    assert fold(LANGUAGES[language])
    assert fold(IN_ENGLISH[language]).isascii()


@given(st.text(max_size=40))
def test_to_compare_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
