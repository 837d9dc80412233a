"""Who holds keys: what is sealed to whom after a rotation, a file of the first version, and a damaged one."""

from datetime import date

import pytest

from consultation.safeguarding.lead_keys import Holder, Keyring, UnusableKeyring, read_keyring, write_keyring

TODAY, LATER = date(2026, 11, 23), date(2027, 1, 4)


def ring() -> Keyring:
    return Keyring().with_key("age1lead", Holder.LEAD, TODAY).with_key("age1deputy", Holder.DEPUTY, TODAY)


def test_a_rotation_retires_the_holders_former_keys_and_nobody_elses() -> None:
    rotated = ring().with_key("age1new", Holder.LEAD, LATER, replaces=True)
    assert list(rotated) == ["age1deputy", "age1new"]
    assert rotated.of(Holder.LEAD) == ("age1new",)
    former = rotated.find("age1lead")
    assert former
    assert (former.made_on, former.retired_on) == (TODAY, LATER)
    again = rotated.with_key("age1third", Holder.LEAD, date(2028, 1, 1), replaces=True).find("age1lead")
    assert again
    assert again.retired_on == LATER, "a key is retired once"


def test_a_key_that_is_there_is_not_added_again() -> None:
    assert ring().with_key("age1lead", Holder.DEPUTY, LATER, replaces=True) == ring()


def test_it_is_written_and_read_as_it_was() -> None:
    rotated = ring().with_key("age1new", Holder.LEAD, LATER, replaces=True)
    assert read_keyring(write_keyring(rotated)) == rotated


def test_a_file_of_the_first_version_is_a_lead_and_deputies() -> None:
    old = read_keyring('{"public_keys": ["age1lead", "age1second", "age1lead"]}')
    assert [(each.public, each.holder) for each in old.keys] == [
        ("age1lead", Holder.LEAD),
        ("age1second", Holder.DEPUTY),
    ]
    assert read_keyring('{"public_keys": []}') == Keyring()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": [{"public": "age1"}]}', '{"keys": 3}'])
def test_a_damaged_file_says_how_to_mend_it(text: str) -> None:
    with pytest.raises(UnusableKeyring, match=r"safeguarding-leads\.json"):
        read_keyring(text)
