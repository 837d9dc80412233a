"""What a turn says is sent in order and within Telegram's rates, at least once, and once where nothing goes wrong."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from lo_bot_api_emulator import ApiRefusal
from pydantic import SecretStr
from sqlalchemy import URL

from bot.respondent.door import Rates, RespondentDoor, make_bot
from consultation.domain.consultation import Audience, Channel
from consultation.flow.events import Began, Command
from consultation.operations.deliver import unsaid
from consultation.storage.store import open_store
from tests.builders import Opened, Person, open_consultation
from tests.contracts.databases import Cluster, cluster
from tests.transcripts.bot_api import TOKEN, BotApi, serving
from tests.transcripts.telegram import FAST, door_open, telegram, until

__all__ = ["cluster"]

CHAT, OTHER = 99_001_234, 99_005_678


def another(opened: Opened) -> Opened:
    """The same consultation as another process has it."""
    store = open_store(opened.sayso.settings.database_at)
    sayso = replace(opened.sayso, store=store, desk=replace(opened.sayso.desk, store=store))
    return replace(opened, sayso=sayso)


def begins(opened: Opened, chat: int = CHAT) -> list[str]:
    """A turn that is taken and not said; its words."""
    said = Person(opened, str(chat), Channel.TELEGRAM).does(Began(Audience.YOUNG_PERSON))
    return [each.text for each in said]


def waits(opened: Opened, chat: int = CHAT) -> int:
    return len(unsaid(opened.sayso.desk, opened.wave, Channel.TELEGRAM, str(chat)))


def heard(api: BotApi, chat: int = CHAT) -> list[str]:
    return [each.text for each in api.chats.get(chat, [])]


async def commands(api: BotApi, chat: int, *names: str) -> None:
    for name in names:
        await api.give(api.message(chat, text=f"/{name}"))


def most_in(seconds: float, times: list[float]) -> int:
    """The most of them in any window of so long."""
    return max(sum(begin <= each < begin + seconds for each in times) for begin in times)


# -- order ----------------------------------------------------------------------------------------------------------


async def test_chats_that_write_at_once_are_each_answered_in_order_though_sending_fails(opened: Opened) -> None:
    chats, failed = range(CHAT, CHAT + 12), Counter[int]()
    api = BotApi()

    def refuse(text: str) -> ApiRefusal | None:
        chat = api.sent[-1][1]
        failed[chat] += 1
        return ApiRefusal("Internal Server Error", 500) if failed[chat] == 2 else None

    api.refuse_text = refuse
    async with serving(api):
        for chat in chats:
            await commands(api, chat, "start", "privacy", "help", "privacy")
        async with door_open(opened, api):
            await api.acknowledged(api.pending()[-1])
            await api.quiet()
    person = Person(opened, "in order", Channel.TELEGRAM)
    wanted = [each.text for each in person.begins(None)]
    for command in (Command.PRIVACY, Command.HELP, Command.PRIVACY):
        wanted += [each.text for each in person.commands(command)]
    for chat in chats:
        assert [words in text for words, text in zip(wanted, heard(api, chat), strict=True)] == [True] * len(wanted)
    assert set(failed.values()) == {len(wanted) + 1}


# -- rates ----------------------------------------------------------------------------------------------------------


async def test_no_second_has_more_messages_than_the_token_may_send(opened: Opened) -> None:
    api = BotApi()
    chats = range(CHAT, CHAT + 60)
    for chat in chats:
        begins(opened, chat)
    async with serving(api), door_open(opened, api, Rates(token=40, chat=1e6, burst=1_000)):
        await api.shown(chats[-1], 1)
        await api.quiet()
    times = [at for at, _ in api.sent]
    assert len(times) >= 60
    assert most_in(1.0, times) <= 41  # one more, for the two clocks are not read at the same instant
    assert times[-1] - times[0] < 1.5 * len(times) / 40, "the rate is not used"


async def test_one_chat_has_its_burst_and_then_its_rate_and_the_others_do_not_wait_for_it(opened: Opened) -> None:
    async with telegram(opened, Rates(token=1e6, chat=10, burst=3)) as api:
        await commands(api, CHAT, *["help", "privacy"] * 5)
        await commands(api, OTHER, "help")
        await api.shown(OTHER, 1)
        assert len(heard(api)) < 10, "the other chat waited for this one"
        await api.acknowledged(api._next_update)
        await api.quiet()
    times = [at for at, chat in api.sent if chat == CHAT]
    assert len(times) >= 10
    assert most_in(0.05, times) <= 3  # the next leaves after 0.1 s; how long each was under way, nobody knows
    assert most_in(0.5, times) <= 3 + 5 + 1


async def test_a_chat_is_forgotten_once_nothing_waits_for_it(opened: Opened) -> None:
    api = BotApi()
    async with serving(api):
        bot = make_bot(TOKEN, api.address)
        door = RespondentDoor(opened.sayso, opened.wave, bot, rates=replace(FAST, chat=10, burst=3))
        stop = asyncio.Event()
        running = asyncio.create_task(door.run(stop))
        await commands(api, CHAT, "help")
        await api.shown(CHAT, 1)
        assert CHAT in door._sender._lanes  # where the id of a chat outlives its turn, as in what `tidying` remembers
        await asyncio.sleep(0.6)
        assert door._sender._lanes == {}
        stop.set()
        await running
        await bot.session.close()


# -- who can't be written to ----------------------------------------------------------------------------------------


async def test_who_blocked_the_bot_is_not_tried_again_and_nothing_waits_for_them(opened: Opened) -> None:
    person = Person(opened, str(CHAT), Channel.TELEGRAM)
    person.begins(Audience.YOUNG_PERSON)
    person.commands(Command.HELP)
    assert waits(opened) == 2
    api = BotApi()
    api.refuse.append(("sendMessage", ApiRefusal("Forbidden: bot was blocked by the user", 403)))
    async with serving(api), door_open(opened, api):
        await until(lambda: not api.refuse)
        await api.quiet()
        assert waits(opened) == 0
        await asyncio.sleep(0.1)
    assert heard(api) == []


async def test_a_key_that_is_away_for_a_moment_leaves_no_chat_stuck_and_repeats_nothing(opened: Opened) -> None:
    words = begins(opened)
    key, away = opened.sayso.settings.key_folder / f"{opened.wave.consultation.id}.key", opened.folder / "away"
    api = BotApi()

    def take_key(text: str) -> None:
        if words[-1] in text:
            key.rename(away)

    api.refuse_text = take_key
    async with serving(api), door_open(opened, api):
        await until(away.exists)
        await asyncio.sleep(0.2)
        away.rename(key)
        api.refuse_text = lambda text: None
        await api.quiet()
        await until(lambda: waits(opened) == 0)
    assert len(heard(api)) == len(words)


async def test_a_message_of_whose_sending_nothing_can_be_read_is_not_sent_again(opened: Opened) -> None:
    api = BotApi()
    api.garbled = True
    begins(opened)
    async with serving(api), door_open(opened, api):
        await api.shown(CHAT, 1)
        await api.quiet()
    assert max(Counter(heard(api)).values()) == 1


# -- one process after another ----------------------------------------------------------------------------------------


async def test_what_a_dead_process_left_is_said_by_the_next(opened: Opened) -> None:
    dead = another(opened)
    words = begins(dead)
    dead.sayso.store.close()
    assert waits(opened) == 1
    async with telegram(opened) as api:
        await api.shown(CHAT, len(words))
        await api.quiet()
        assert [words[0] in each for each in heard(api)] == [True, *[False] * (len(words) - 1)]
    opened.sayso.store.writer.close()
    assert waits(opened) == 0


async def test_what_comes_up_later_is_looked_for_again(opened: Opened) -> None:
    async with telegram(opened) as api:
        await commands(api, OTHER, "help")
        await api.shown(OTHER, 1)
        words = begins(another(opened))
        await api.shown(CHAT, len(words), patience=15)


async def test_at_the_end_what_can_be_sent_is_sent_and_of_a_half_said_turn_the_next_door_says_the_rest(
    opened: Opened,
) -> None:
    words, slow = begins(opened), Rates(token=1e6, chat=10, burst=1)
    assert len(words) > 1
    api = BotApi()
    limited = ApiRefusal("Too Many Requests", 429, {"retry_after": 600})
    api.refuse_text = lambda text: limited if words[-1] in text else None
    async with serving(api):
        async with door_open(opened, api, slow):
            await until(lambda: len(api.sent) == len(words))
            await commands(api, OTHER, *["help", "privacy"] * 3)
            await api.acknowledged(api._next_update)
        assert len(heard(api, OTHER)) >= 6
        assert waits(opened) == 1
        api.refuse_text = lambda text: None
        async with door_open(another(opened), api):
            await api.shown(CHAT, len(words))
            await api.quiet()
    assert len(heard(api)) == len(words), [each[:40] for each in heard(api)]
    opened.sayso.store.writer.close()
    assert waits(opened, OTHER) == 0


# -- several processes at once, on PostgreSQL --------------------------------------------------------------------------


@pytest.fixture
def shared(cluster: Cluster, tmp_path: Path) -> Iterator[Opened]:
    """A consultation on PostgreSQL."""
    with cluster.fresh() as url:
        opened = open_consultation(tmp_path / "data", database_url=SecretStr(as_text(url)))
        yield opened
        opened.sayso.store.close()


def as_text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@asynccontextmanager
async def two_doors(first: Opened, second: Opened, api: BotApi) -> AsyncIterator[list[asyncio.Task[None]]]:
    async with door_open(first, api) as one:
        one_says = api.still_to_say
        await commands(api, OTHER, "help")
        await api.shown(OTHER, 1)
        async with door_open(second, api) as two:
            two_says = api.still_to_say
            api.still_to_say = lambda: one_says() + two_says()
            yield [one, two]


async def test_two_doors_say_everything_once_and_one_of_them_asks(shared: Opened) -> None:
    second, api = another(shared), BotApi()
    for each in (shared, second):
        each.sayso.store.database.begin_serving()
    chats = range(CHAT, CHAT + 20)
    async with serving(api), two_doors(shared, second, api) as (one, _):
        for chat in chats:
            await commands(api, chat, "help")
        await asyncio.sleep(5.5)  # both look for what others left
        await api.acknowledged(api._next_update)
        await api.quiet()
        once = {chat: Counter(heard(api, chat)) for chat in chats}
        assert all(set(each.values()) == {1} for each in once.values())
        assert {each["status"] for each in api.requests} == {200}, "both asked Telegram for updates"
        one.cancel()
        await commands(api, CHAT + 50, "help")
        await api.shown(CHAT + 50, 1, patience=15)
    second.sayso.store.close()


async def test_what_a_living_process_has_to_say_is_left_to_it_until_it_dies(shared: Opened) -> None:
    other, api = another(shared), BotApi()
    other.sayso.store.database.begin_serving()
    words = begins(other)
    async with serving(api):
        async with door_open(shared, api):
            await commands(api, OTHER, "help")
            await api.shown(OTHER, 1)
            assert heard(api) == []
        other.sayso.store.close()
        async with door_open(shared, api):
            await api.shown(CHAT, len(words))
