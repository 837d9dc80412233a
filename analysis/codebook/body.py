"""A codebook as the content of its file: what is stored of a version, and what a YAML file of it holds."""

from typing import Any

import yaml

from analysis.codebook.codebook import Code, Codebook


def body_of(codebook: Codebook) -> dict[str, Any]:
    """The other way round from `codebook_from`. What is empty is left out."""
    blocks = {
        facet: [block_of(each) for each in codebook.every if each.facet == facet] for facet in ("outcome", "theme")
    }
    return {
        "codebook": codebook.id,
        "version": codebook.version,
        "title": codebook.title,
        **({"outcomes": blocks["outcome"]} if blocks["outcome"] else {}),
        "themes": blocks["theme"],
    }


def block_of(code: Code) -> dict[str, Any]:
    block = {
        "id": code.id,
        "guid": str(code.guid),
        "name": code.name,
        "topic": code.topic,
        "definition": code.definition,
        "include": list(code.include),
        "exclude": list(code.exclude),
        "tell_us": dict(code.statements.general),
        "tell_us_in": {outcome: dict(clauses) for outcome, clauses in code.statements.under.items()},
        "workforce": code.workforce.general,
        "workforce_in": dict(code.workforce.under),
        "former_names": list(code.former_names),
        "retired": code.retired,
    }
    return {name: value for name, value in block.items() if value}


def as_yaml(codebook: Codebook) -> bytes:
    text: str = yaml.safe_dump(body_of(codebook), allow_unicode=True, sort_keys=False, width=120)
    return text.encode()
