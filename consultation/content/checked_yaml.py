"""Read a YAML file into a pydantic model; say what is wrong with it in words its author can act on."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class BadFile(Exception):
    """A file that a person wrote cannot be used. `str()` is "file, line N: what is wrong and how to mend it"."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        where = f"{path.name}, line {line}" if line else path.name
        super().__init__(f"{where}: {message}")
        self.path, self.line, self.message = path, line, message


FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where PyYAML was built with it


class _Loader(FAST):  # type: ignore[misc]
    """Plain values only; a key given twice is an error instead of a silent replacement; and `yes`, `8_10` and `010`
    stay the words that their author wrote, where YAML 1.1 would read a truth value, 810 and 8. Dates stay words
    too: the model reads them, and names the line of one that no calendar has."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":int", ":float", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))


def _mapping_without_repeats(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"'{key}' is given twice", key_node.start_mark)
        seen.add(key)
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_repeats)


def load(path: Path, model: type[Model]) -> Model:
    """The file's content as `model`. Raises `BadFile` for a missing, unreadable or wrongly shaped file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadFile(path, None, f"there is no such file in {path.parent}. Check the name and the folder.") from None
    except UnicodeDecodeError as error:
        raise BadFile(path, None, f"this is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    return parse(text, path, model)


def parse(text: str, path: Path, model: type[Model]) -> Model:
    """`text` as `model`; `path` is only named in what is said of a fault. Raises `BadFile`."""
    try:
        data = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        mend = "Check the indentation, and put quotes around text that holds a colon, or stands in braces."
        raise BadFile(path, line, f"this is not valid YAML: {error.problem}. {mend}") from None
    if not isinstance(data, dict):
        raise BadFile(path, 1, "the file must be a list of 'name: value' lines.")
    try:
        return model.model_validate(data, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadFile(path, line_at(text, first["loc"]), in_words(first)) from None


def line_at(text: str, path: Sequence[str | int]) -> int | None:
    """The same in a file's text, for whoever checks more than a schema can."""
    return line_of(yaml.compose(text, Loader=FAST), path)


def line_of(tree: yaml.Node | None, path: Sequence[str | int]) -> int | None:
    """The line (from 1) where `path` stands in the composed file, or its nearest parent that is there."""
    if tree is None:
        return None
    line = tree.start_mark.line + 1
    for part in path:
        child = _child(tree, part)
        if child is None:
            break
        line, tree = child
    return line


def _child(tree: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(tree, yaml.MappingNode):
        for key, value in tree.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    if isinstance(tree, yaml.SequenceNode) and isinstance(part, int) and part < len(tree.value):
        item = tree.value[part]
        return item.start_mark.line + 1, item
    return None


def in_words(error: Any) -> str:
    """A fault that pydantic found, as a sentence that says how to mend it."""
    where = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "missing":
            return f"'{error['loc'][-1]}' is missing here. Add a line '{error['loc'][-1]}: …'."
        case "extra_forbidden":
            return f"'{error['loc'][-1]}' is not a word this file knows. Check the spelling, or take the line out."
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return f"{where}: {error['msg'][0].lower()}{error['msg'][1:]} (found {str(error['input'])[:60]!r})."
