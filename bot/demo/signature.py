"""The demonstration's own signature, so that its pages show one: by its own key, and good for nothing real."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

from consultation.domain.consultation import ContactMode
from consultation.operations.sign_off import Statement, sign_off
from consultation.safeguarding.arrangements import file_to_fill_in, read_arrangements
from consultation.safeguarding.lead_keys import Holder, Keyring
from consultation.storage import sign_offs
from consultation.storage.store import Store
from consultation.surveys import parse_survey, template

PLACES = ("lead", "deputy", "duty-team")


def sign_off_simulated(store: Store, keyring: Keyring, on: date) -> None:
    """Sign what ships, with contacts that no mail can reach; unless something is signed here."""
    with store.read() as session:
        if sign_offs.newest(session) is not None:
            return
    body = filled_in(on)
    openings = parse_survey(template("what-we-want"), Path("what-we-want.yaml")).every_opening
    statement = Statement(
        body, read_arrangements(body, Path("demo.yaml")), openings, tuple(ContactMode), simulated=True
    )
    sign_off(store, statement, by=keyring.current(Holder.LEAD)[0], at=datetime.combine(on, time(9), UTC))


def filled_in(on: date) -> str:
    """The file as a lead might fill it in, plainly marked."""
    body = file_to_fill_in().replace("\n  role: ", "\n  role: Simulated ")
    for place in PLACES:
        body = body.replace("  email:\n", f"  email: {place}@demo.invalid\n", 1)
    dated = re.sub(r"verified_on:.*", f"verified_on: {on}", body)
    return f"# SIMULATED, for a demonstration. Nobody is told of anything.\n{dated}"
