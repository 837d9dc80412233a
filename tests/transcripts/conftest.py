"""One consultation for all the talks of a module, or one for each contact mode that they are in."""

from collections.abc import Callable
from functools import cache

import pytest

from consultation.domain.consultation import ContactMode
from tests.builders import Opened, open_consultation

Opener = Callable[[ContactMode], Opened]


@pytest.fixture(scope="module")
def talking_in(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    @cache
    def opened(contact: ContactMode) -> Opened:
        return open_consultation(tmp_path_factory.mktemp(contact.value), contact=contact)

    return opened
