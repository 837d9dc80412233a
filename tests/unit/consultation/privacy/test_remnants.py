"""Finding what should be gone: in each way of writing it, anywhere, partly overwritten, and nothing else."""

import base64
import random

import pytest

from consultation.privacy.remnants import Remnants, secret_of, ways_to_write

CHANCE = random.Random(7)
SECRETS = [CHANCE.randbytes(32) for _ in range(2_000)]
REMNANTS = Remnants(SECRETS)
NOISE = CHANCE.randbytes(200_000)
WAYS = ("raw", "hex", "HEX", "base64", "base64url")


@pytest.mark.parametrize("way", range(len(WAYS)), ids=WAYS)
@pytest.mark.parametrize("at", [0, 1, 7, 8, 9, 1000, 199_990])
def test_each_way_of_writing_one_is_found_at_any_place(way: int, at: int) -> None:
    written = list(ways_to_write(SECRETS[at % 1999]))[way]
    assert REMNANTS.in_(NOISE[:at] + written + NOISE[at:])
    assert REMNANTS.in_(NOISE[:at] + written), "at the very end"


@pytest.mark.parametrize("way", range(len(WAYS)), ids=WAYS)
def test_half_of_one_is_enough(way: int) -> None:
    written = list(ways_to_write(SECRETS[3]))[way]
    half = len(written) // 2
    assert REMNANTS.in_(NOISE[:100] + bytes(half) + written[half:] + NOISE[:100])
    assert REMNANTS.in_(NOISE[:100] + written[:half] + bytes(half) + NOISE[:100])


def test_nothing_else_is_found() -> None:
    others = [CHANCE.randbytes(32) for _ in range(3_000)]
    assert not REMNANTS.in_(NOISE)
    assert not REMNANTS.in_(b"".join(each.hex().encode() for each in others))
    assert not REMNANTS.in_(b"".join(base64.b64encode(each) for each in others))
    for data in (b"", b"short", bytes(4096)):
        assert not REMNANTS.in_(data)
    assert not Remnants([]).in_(NOISE)


def test_what_is_noted_as_text_is_the_bytes_that_it_writes() -> None:
    secret = SECRETS[0]
    assert secret_of(secret.hex()) == secret
    assert secret_of(base64.urlsafe_b64encode(secret).decode()) == secret
    assert secret_of("sealed address") == b"sealed address"
