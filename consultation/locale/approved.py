"""Which of Sayso's own sentences a safeguarding lead approves: all that may be read by somebody who is in danger.

Named are those that have nothing to do with it, by key or its first part, so that a sentence that is new is approved
until somebody says that it need not be. Must not know who approves.
"""

from consultation.domain.wording import PLAIN
from consultation.locale.catalogue import FOLDER, catalogue

ORDINARY = {
    "answer", "audience", "back", "begin", "button", "change", "choose", "code", "command", "delete", "deleted",
    "done", "edited", "ended", "finished", "flood", "group", "hidden", "hint", "language", "locale", "not_text",
    "page", "place", "ranking", "receipt", "reminder", "resume", "shared", "skip", "stop", "time", "wave", "web",
    "ask.audience", "ask.delete_or_not", "ask.language", "ask.nothing_more", "ask.resume", "ask.which_to_change",
    "choice.change", "choice.delete", "choice.remind_later", "choice.remind_soon",
}  # fmt: skip
GRAVE = ("999", "danger", "safety", "safe ", "talk to")  # what mentions one of these is approved whatever its name


def approved_sentences() -> dict[str, dict[str, str]]:
    """Key to locale to sentence, in the order in which they stand in the English catalogue."""
    tags = sorted(each.stem for each in FOLDER.glob("*.po"))
    said = {tag: catalogue(tag) for tag in tags}
    keys = [*said[PLAIN], *(key for tag in tags for key in said[tag])]  # in English first
    wanted = dict.fromkeys(key for key in keys if _is_grave(key, said))
    return {key: {tag: said[tag][key] for tag in tags if key in said[tag]} for key in wanted}


def _is_grave(key: str, said: dict[str, dict[str, str]]) -> bool:
    sentences = [each[key] for each in said.values() if key in each]
    ordinary = key in ORDINARY or key.partition(".")[0] in ORDINARY
    return not ordinary or any(word in each for each in sentences for word in GRAVE)
