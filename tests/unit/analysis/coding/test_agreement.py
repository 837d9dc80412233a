"""Agreement is what the textbooks say it is: checked by hand, against other people's code, and by what must hold."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask  # type: ignore[import-untyped]
from nltk.metrics.distance import masi_distance  # type: ignore[import-untyped]
from sklearn.metrics import cohen_kappa_score, f1_score

from analysis.coding.agreement import Agreement, Estimate, Pairs, alpha, apart, compare, f1

CODES = ("a", "b", "c", "d")
SETS = st.frozensets(st.sampled_from(CODES))
Pair = tuple[frozenset[str], frozenset[str]]
PAIRS = st.lists(st.tuples(SETS, SETS), min_size=1, max_size=12)


def made(both: int, first: int, second: int, neither: int, code: str = "a") -> list[Pair]:
    """Two codings with one code that differ as the table says."""
    it, none = frozenset({code}), frozenset[str]()
    return [(it, it)] * both + [(it, none)] * first + [(none, it)] * second + [(none, none)] * neither


def two_who_differ(n: int, seed: int = 3) -> Pairs:
    chance = random.Random(seed)
    sets = [frozenset(chance.sample(CODES, chance.choice((0, 1, 1, 2, 3)))) for _ in range(n)]
    return [(each, each ^ frozenset(chance.sample(CODES, chance.choice((0, 0, 1))))) for each in sets]


def figures(agreement: Agreement) -> list[Estimate | None]:
    return [agreement.alike, agreement.alpha, agreement.f1, *(each.kappa for each in agreement.codes)]


def test_kappa_and_alpha_by_hand() -> None:
    """Cohen's own kind of table (20, 5, 10, 15): observed 0.70, by chance 0.50. Alpha: 55 of 100 values are yes."""
    (code,) = compare(made(20, 5, 10, 15), ["a"]).codes
    assert (code.both, code.first, code.second, code.neither) == (20, 5, 10, 15)
    assert code.agreed.value == 0.7
    assert code.prevalence == 0.55
    assert code.kappa
    assert code.alpha
    assert code.kappa.value == 0.4
    assert code.alpha.value == round(1 - 0.3 / (2 * 55 * 45 / (100 * 99)), 4)


def test_the_example_of_krippendorffs_paper() -> None:
    """Computing Krippendorff's Alpha-Reliability (2011), A: two observers, ten units, binary data: 0.095."""
    one, other = "0100000000", "1110010100"
    pairs = [(frozenset("a" * int(x)), frozenset("a" * int(y))) for x, y in zip(one, other, strict=True)]
    (code,) = compare(pairs, ["a"]).codes
    assert code.alpha
    assert code.alpha.value == pytest.approx(0.095, abs=0.0006)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_others_code_finds_the_same(seed: int) -> None:
    pairs = two_who_differ(60, seed)
    found = compare(pairs, CODES)
    task = AnnotationTask(distance=apart)
    task.load_array([(who, at, made) for at, pair in enumerate(pairs) for who, made in zip("AB", pair, strict=True)])
    assert found.alpha
    assert found.alpha.value == pytest.approx(task.alpha(), abs=1e-4)
    for code in found.codes:
        one, other = ([code.code in pair[side] for pair in pairs] for side in (0, 1))
        assert code.kappa
        assert code.kappa.value == pytest.approx(cohen_kappa_score(one, other), abs=1e-4)
    first, second = ([[code in pair[side] for code in CODES] for pair in pairs] for side in (0, 1))
    assert found.f1
    assert found.f1.value == pytest.approx(f1_score(first, second, average="micro"), abs=1e-4)


@given(SETS, SETS)
def test_the_distance_is_masis(one: frozenset[str], other: frozenset[str]) -> None:
    if one | other:  # which NLTK can't divide by
        assert apart(one, other) == pytest.approx(masi_distance(one, other), abs=0.004)  # it writes 0.67 for 2/3
    assert apart(one, other) == apart(other, one)
    assert (apart(one, other) == 0) is (one == other)


@settings(max_examples=40, deadline=None)
@given(PAIRS)
def test_who_is_first_does_not_matter(pairs: Pairs) -> None:
    turned = [(other, one) for one, other in pairs]
    assert figures(compare(pairs, CODES)) == figures(compare(turned, CODES))


@settings(max_examples=40, deadline=None)
@given(PAIRS, st.randoms())
def test_order_changes_no_figure(pairs: Pairs, chance: random.Random) -> None:
    shuffled = chance.sample(list(pairs), len(pairs))
    for one, other in zip(figures(compare(pairs, CODES)), figures(compare(shuffled, CODES)), strict=True):
        assert (one and one.value) == (other and other.value)


@settings(max_examples=40, deadline=None)
@given(st.lists(SETS, min_size=1, max_size=12))
def test_the_same_codes_agree_fully_or_nothing_can_be_said(sets: Sequence[frozenset[str]]) -> None:
    for each in figures(compare([(each, each) for each in sets], CODES)):
        assert each is None or each.value == 1.0


@pytest.mark.parametrize("pairs", [made(0, 0, 0, 20), made(20, 0, 0, 0)])
def test_a_code_that_nobody_or_everybody_gave_has_no_kappa(pairs: Pairs) -> None:
    (code,) = compare(pairs, ["a"]).codes
    assert code.kappa is None
    assert code.alpha is None
    assert code.agreed.value == 1.0


def test_an_interval_holds_the_figure_and_narrows_with_more_answers() -> None:
    widths = []
    for times in (1, 4, 16):
        (code,) = compare(made(20, 5, 10, 15) * times, ["a"]).codes
        assert code.kappa
        assert code.kappa.low is not None
        assert code.kappa.high is not None
        assert code.kappa.low < code.kappa.value < code.kappa.high
        widths.append(code.kappa.high - code.kappa.low)
    assert widths[0] > 1.7 * widths[1] > 2.9 * widths[2]


def test_an_interval_is_about_as_wide_as_the_formula_for_many_answers_has_it() -> None:
    """Fleiss, Cohen and Everitt (1969) for (20, 5, 10, 15): a standard error of 0.1268."""
    (code,) = compare(made(20, 5, 10, 15), ["a"]).codes
    assert code.kappa
    assert code.kappa.low == pytest.approx(0.4 - 1.96 * 0.1268, abs=0.03)
    assert code.kappa.high == pytest.approx(0.4 + 1.96 * 0.1268, abs=0.03)


def test_full_agreement_on_a_few_is_not_called_certain() -> None:
    few, many = (compare(made(5, 0, 0, 15) * times, ["a"]).codes[0].kappa for times in (1, 20))
    assert few
    assert many
    assert few.low is not None
    assert many.low is not None
    assert few.low < 0.6 < 0.95 < many.low
    assert few.high == many.high == 1.0


def test_a_code_given_once_has_no_interval() -> None:
    (code,) = compare(made(0, 1, 0, 59), ["a"]).codes
    assert code.kappa
    assert code.kappa.low is None


def test_f1_of_nothing_is_not_a_number_of_ours() -> None:
    assert f1([]) is None
    assert f1(made(0, 0, 0, 9)) is None
    assert f1(made(3, 1, 1, 0)) is not None
    assert compare([], CODES).alpha is None


def test_the_same_answers_give_the_same_intervals() -> None:
    assert compare(two_who_differ(40), CODES) == compare(two_who_differ(40), CODES)


def test_an_interval_of_alpha_is_not_pulled_to_one_side() -> None:
    """Eleven answers, each coded otherwise than the rest: what a resample has twice must not count as less chance."""
    alone = [frozenset({f"code {number}"}) for number in range(11)]
    pairs = [*((each, each) for each in alone[:6]), *((each, frozenset({"other"})) for each in alone[6:])]
    found = alpha(pairs)
    assert found
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.value > 0.6 * (found.value - found.low)


def test_that_all_differ_is_not_called_certain_either() -> None:
    alike = compare(made(0, 6, 6, 0), ["a"]).alike
    assert alike
    assert (alike.value, alike.low) == (0.0, 0.0)
    assert alike.high is not None
    assert alike.high > 0.2


def test_where_one_gave_it_always_kappa_has_no_interval() -> None:
    (code,) = compare(made(8, 3, 0, 0), ["a"]).codes
    assert code.kappa
    assert (code.kappa.value, code.kappa.low) == (0.0, None)
