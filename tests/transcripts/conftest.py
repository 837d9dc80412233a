"""One consultation for all the talks of a module, or one for each survey and contact mode that they are in."""

from collections.abc import Callable
from functools import cache

import pytest

from consultation.domain.consultation import ContactMode
from tests.builders import Opened, open_consultation
from tests.transcripts.transcript import Transcript

Opener = Callable[[Transcript], Opened]


@pytest.fixture(scope="module")
def talking_in(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    @cache
    def opened(survey: str, contact: ContactMode) -> Opened:
        return open_consultation(tmp_path_factory.mktemp(contact.value), contact=contact, survey=survey)

    return lambda transcript: opened(transcript.survey, transcript.contact)
