"""An authority's own areas in place of those that a survey file ships with. Works on the file's text, so that its
notes and wording stay; knows no storage.
"""

import json
import re
import unicodedata
from collections.abc import Sequence

AREAS = re.compile(r"(?<=^  areas:\n)(?:    .*\n)+", re.MULTILINE)
ALWAYS = ("elsewhere", "prefer_not_to_say")  # people may live beyond the list, or keep it to themselves


class UnusableAreas(ValueError):
    """The areas cannot be offered as they are. `str()` says why and what to do."""


def with_areas(body: str, names: Sequence[str], survey: str) -> str:
    """The survey file `body` offering these areas, as the survey `survey`: another wording is another survey.

    The file must list its own one a line under shared_options, as the templates do. Raises `UnusableAreas`.
    """
    offered: dict[str, str] = {}
    for name in filter(None, (" ".join(each.split()) for each in names)):
        option = _id(name)
        if not option:
            raise UnusableAreas(f"'{name}' has no letters or digits to make an id of. Write the area's name.")
        if option in offered or option in ALWAYS:
            other = offered.get(option, "an answer that is always offered")
            raise UnusableAreas(f"'{name}' can't be told from {other}. Take one out, or write it differently.")
        offered[option] = name
    if not offered:
        raise UnusableAreas('No area is named. Write --areas "Town, North, South".')
    listed = AREAS.search(body)
    if listed is None:
        raise UnusableAreas("This survey has no list of areas to fill.")
    lines = [f"    - {{id: {json.dumps(key)}, label: {{'*': {json.dumps(name)}}}}}\n" for key, name in offered.items()]
    lines += [each for each in re.split(r"^(?=    - )", listed[0], flags=re.MULTILINE) if _listed_id(each) in ALWAYS]
    filled = body[: listed.start()] + "".join(lines) + body[listed.end() :]
    return re.sub(r"^survey: .*$", lambda _: f"survey: {survey}", filled, count=1, flags=re.MULTILINE)


def _id(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]


def _listed_id(option: str) -> str | None:
    found = re.match(r"    - \{?id: ([a-z0-9_]+)", option)
    return found[1] if found else None
