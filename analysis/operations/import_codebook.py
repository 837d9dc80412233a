"""Put a codebook from a file to use, as a new version. What the file's kind can't say is kept as it was."""

from dataclasses import replace

from analysis.codebook import Code, Codebook
from analysis.codebook.edit import NotEdited
from analysis.operations.edit_codebook import Editing, change_codebook
from analysis.storage.database import Database


def import_codebook(database: Database, editing: Editing, read: Codebook) -> Codebook:
    """Of the same codebook: its codes in the file's words; those that the file lacks are retired. Another codebook
    takes the place of the one in use. Raises `NotEdited`, `Overtaken`."""
    return change_codebook(database, editing, lambda codebook: brought_in(codebook, read), "codebook imported")


def brought_in(codebook: Codebook, read: Codebook) -> Codebook:
    """`read` as what follows `codebook`."""
    if read.id != codebook.id:
        return read
    if read.version < codebook.version:
        raise NotEdited(
            f"The file was made from version {read.version}, and version {codebook.version} is in use: what changed "
            "since would be lost. Export the codebook again and make your changes there."
        )
    guids = {each.guid: each for each in codebook.every}
    ids = {each.id: each for each in codebook.every}
    codes = [_follow(guids.get(each.guid) or ids.get(each.id), each) for each in read.every]
    there = {each.id for each in codes}
    codes += [replace(each, retired=True) for each in codebook.every if each.id not in there]
    return replace(
        codebook,
        title=read.title if _is_said(read) else codebook.title,
        outcomes=tuple(each for each in codes if each.facet == "outcome" and not each.retired),
        themes=tuple(each for each in codes if each.facet == "theme" and not each.retired),
        retired=tuple(each for each in codes if each.retired),
    )


def _follow(old: Code | None, new: Code) -> Code:
    """A code keeps its id and GUID however the file calls it, and what the file says nothing of."""
    if old is None:
        return new
    former = (*old.former_names, *new.former_names, *([old.name] if old.name != new.name else []))
    return replace(
        new,
        id=old.id,
        guid=old.guid,
        topic=old.topic if old.name == new.name else new.topic,
        statements=new.statements if new.statements.general or new.statements.under else old.statements,
        workforce=new.workforce if new.workforce.general or new.workforce.under else old.workforce,
        former_names=tuple(dict.fromkeys(each for each in former if each != new.name)),
    )


def _is_said(read: Codebook) -> bool:
    """Whether the title was written, and not made of the id."""
    return read.title.casefold() != read.id.replace("-", " ").replace("_", " ").casefold()
