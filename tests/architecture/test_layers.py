"""Who may import whom, and what may be made where. Each guard also proves that it looked at something."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "consultation", "analysis", "migrations")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
MAY_MAKE_REDACTED_TEXT = {"consultation/domain/text.py", "consultation/privacy/redact.py"}


def modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Path from the root, and syntax tree, of every module of these packages."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """Full names of what a module imports: modules, and names out of modules."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return names


def test_the_contracts_of_import_linter_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert len(contracts) >= 8
    assert f"{len(contracts)} kept, 0 broken" in ran.stdout, ran.stdout


def test_the_domain_needs_the_standard_library_alone() -> None:
    seen = {name: imported(tree) for name, tree in modules("consultation/domain")}
    assert len(seen) >= 6
    for name, names in seen.items():
        tops = {each.partition(".")[0] for each in names} - {"consultation", "__future__"}
        assert tops <= sys.stdlib_module_names, f"{name} imports {tops - sys.stdlib_module_names}"
        inner = {each for each in names if each.startswith("consultation")}
        assert all(each.startswith("consultation.domain") for each in inner), name


def test_storage_has_never_heard_of_raw_text() -> None:
    seen = dict(modules("consultation/storage", "analysis"))
    assert len(seen) > 20
    allowed = {"analysis/operations"}
    for name, tree in seen.items():
        if not any(name.startswith(each) for each in allowed):
            assert "consultation.domain.text.RawText" not in imported(tree), name


def test_what_reads_raw_text_is_a_short_list() -> None:
    reveals = {
        name
        for name, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "reveal"
    }
    assert reveals == {
        "consultation/flow/answering.py",
        "consultation/flow/engine.py",
        "consultation/flow/safety.py",
        "consultation/operations/converse.py",
        "consultation/operations/messages.py",  # what the safeguarding lead wrote
        "consultation/operations/seal_concerns.py",
        "consultation/privacy/leak.py",
        "consultation/privacy/redact.py",
    }


def test_redacted_text_is_made_by_redaction_alone() -> None:
    made: dict[str, int] = {}
    for name, tree in modules(*PACKAGES):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "RedactedText":
                made[name] = node.lineno
    assert set(made) <= MAY_MAKE_REDACTED_TEXT, made
    stored = {
        name
        for name, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "stored"
        and isinstance(node.value, ast.Name)
        and node.value.id == "RedactedText"
    }
    assert "consultation/privacy/redact.py" in stored
    assert stored <= {"consultation/privacy/redact.py", "consultation/storage/turns.py"}, stored


def test_no_module_is_named_after_nothing() -> None:
    stems = {part for name, _ in modules(*PACKAGES, "tests") for part in Path(name).with_suffix("").parts}
    assert len(stems) > 80
    assert stems & FORBIDDEN_NAMES == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [name for name, tree in modules(*PACKAGES) if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_the_core_knows_no_clock_and_no_chance() -> None:
    """Time, chance and identity are arguments."""
    seen = 0
    for name, tree in modules("consultation/domain", "consultation/flow", "consultation/surveys", "analysis/findings"):
        seen += 1
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        told = {each for each in calls if each.endswith((".today", ".now", ".utcnow", ".uuid4", ".time", ".token_hex"))}
        assert told == set(), f"{name}: {told}"
        assert not {"random", "secrets", "uuid", "time"} & {each.partition(".")[0] for each in imported(tree)}, name
    assert seen > 20


@pytest.mark.parametrize(("library", "home"), [("aiogram", "bot/respondent"), ("telegram", "bot/officer")])
def test_a_telegram_framework_has_one_home(library: str, home: str) -> None:
    strangers = [
        name
        for name, tree in modules(*PACKAGES)
        if any(each.partition(".")[0] == library for each in imported(tree)) and not name.startswith(home)
    ]
    assert strangers == []


def test_only_doors_catch_everything() -> None:
    """`except Exception` stands in doors, and where other people's models must fail closed."""
    broad = {
        name
        for name, tree in modules("consultation", "analysis")
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and ast.unparse(node.body[-1]) != "raise"  # tidies up, and lets it go on
    }
    assert "consultation/operations/converse.py" in broad
    assert broad <= {
        "consultation/operations/converse.py",
        "consultation/operations/due_work.py",  # one piece of work that fails must not hold up the others
        "analysis/coding/views.py",  # a model that can't be loaded
        "consultation/storage/batch.py",  # one turn's rules must not fail another's
        "consultation/storage/writer.py",
        "consultation/privacy/rampart.py",
        "consultation/encoder/minilm.py",
        "consultation/encoder/tuned.py",
    }, broad
