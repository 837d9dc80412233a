"""What a signature covers: every sentence that somebody in danger may read, and everything the screen was taught."""

from consultation.locale.approved import approved_sentences
from consultation.locale.catalogue import catalogue
from consultation.safeguarding.fingerprint import SET_BY_A_LEAD, taught
from consultation.safeguarding.help_lines import SHIPPED as HELP_LINES
from consultation.safeguarding.screen import SHIPPED as THRESHOLDS


def test_every_sentence_that_speaks_of_danger_is_approved_in_every_wording() -> None:
    approved = approved_sentences()
    for tag in ("en", "en@easy"):
        for key, sentence in catalogue(tag).items():
            if (
                "999" in sentence
                or "danger" in sentence
                or key.startswith(("safeguarding", "safe.", "contact", "help"))
            ):
                assert approved[key][tag] == sentence, key
    assert "delete.done" in approved, "it says what stays with the safety team"
    assert "receipt.title" not in approved
    assert len(approved) < len(catalogue("en")) / 2, "a lead reads all of it"


def test_weights_and_patterns_are_covered_and_what_a_lead_sets_is_apart() -> None:
    names = {each.name for each in taught()}
    assert {"head.npz", "patterns.yaml"} <= names
    assert not names & SET_BY_A_LEAD
    assert {HELP_LINES.name, THRESHOLDS.name} < SET_BY_A_LEAD
