"""What a browser may send that no form of ours would: it gets a page that helps, and nothing is spoiled."""

import httpx
import pytest

from bot.sayso import Sayso
from bot.web.app import create_app
from consultation.domain.consultation import Channel
from tests.builders import Opened, stored_answers


def browser(sayso: Sayso) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(sayso), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://sayso.test", follow_redirects=True)


async def test_a_file_in_place_of_words_is_not_an_answer(opened: Opened) -> None:
    client, path = browser(opened.sayso), f"/c/{opened.wave.consultation.slug}"
    await client.post(f"{path}/begin", data={"audience": "staff"})
    page = await client.post(f"{path}/talk", files={"text": ("jane.txt", b"hello")}, data={"step": "1"})
    assert page.status_code == 200
    assert "jane.txt" not in page.text


@pytest.mark.parametrize("step", ["9" * 5000, "", "-1", "one"])
async def test_an_odd_step_is_an_old_page(opened: Opened, step: str) -> None:
    client, path = browser(opened.sayso), f"/c/{opened.wave.consultation.slug}"
    await client.post(f"{path}/begin", data={"audience": "staff"})
    page = await client.post(f"{path}/talk", data={"step": step, "value": "yes"})
    assert page.status_code == 200
    assert "belongs to an earlier question" in page.text


async def test_a_second_person_at_the_same_browser_starts_afresh(opened: Opened) -> None:
    client, path = browser(opened.sayso), f"/c/{opened.wave.consultation.slug}"
    await client.post(f"{path}/begin", data={"audience": "young-person"})
    first = client.cookies[f"talk_{opened.wave.consultation.slug}"]
    welcome = await client.get(f"{path}/parent-carer")
    assert "start afresh" in welcome.text
    page = await client.post(f"{path}/begin", data={"audience": "parent-carer", "afresh": "1"})
    assert client.cookies[f"talk_{opened.wave.consultation.slug}"] != first
    assert "How old are you" not in page.text
    assert stored_answers(opened, Channel.WEB, first) is None


async def test_a_fault_of_ours_is_a_page_with_999(opened: Opened) -> None:
    client, path = browser(opened.sayso), f"/c/{opened.wave.consultation.slug}"
    opened.sayso.settings.key_folder.joinpath(f"{opened.wave.consultation.id}.key").unlink()
    page = await client.post(f"{path}/begin", data={"audience": "staff"})
    assert page.status_code == 500
    assert "999" in page.text
    assert "116 123" in page.text or "0800 1111" in page.text
