"""What a browser may send that no form of ours would: it gets a page that helps, and nothing is spoiled."""

import httpx
import lxml.html  # type: ignore[import-untyped]
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
    assert page.status_code == 422
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


@pytest.mark.parametrize(
    ("asked", "accepted", "greeted"),
    [
        ("", "pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        ("", "de, ur;q=0.4, en;q=0.3", "ur"),
        ("", "de;q=1, fr", "en-GB"),
        ("", "pl;q=0, en", "en-GB"),
        ("", "nonsense;q=x,,;q=", "en-GB"),
        ("?in=uk", "pl", "uk"),
        ("?in=tlh", "cy", "cy"),
    ],
)
async def test_people_are_greeted_in_a_language_of_theirs_and_the_talk_goes_on_in_it(
    opened: Opened, asked: str, accepted: str, greeted: str
) -> None:
    client, path = browser(opened.sayso), f"/c/{opened.wave.consultation.slug}"
    page = lxml.html.fromstring((await client.get(f"{path}{asked}", headers={"accept-language": accepted})).text)
    assert page.get("lang") == greeted
    assert page.get("dir") == ("rtl" if greeted in ("ur", "ar") else "ltr")
    (form,) = (each for each in page.forms if each.action.endswith("/begin"))
    talk = lxml.html.fromstring((await client.post(form.action, data=dict(form.form_values()))).text)
    assert talk.get("lang") == greeted
    assert ("easy" in talk.body.get("class")) is ("easy" in asked)


async def test_a_language_is_changed_at_any_moment_and_what_is_asked_stays_the_same(opened: Opened) -> None:
    client, path = browser(opened.sayso), f"/c/{opened.wave.consultation.slug}"
    await client.post(f"{path}/begin", data={"audience": "staff", "in": "en"})
    page = lxml.html.fromstring((await client.post(f"{path}/talk", data={"language": "ur", "nonce": "1"})).text)
    assert (page.get("lang"), page.get("dir")) == ("ur", "rtl")
    values = page.xpath("//form[contains(@class, 'reply')]//button/@value")
    back = lxml.html.fromstring((await client.post(f"{path}/talk", data={"language": "en", "nonce": "2"})).text)
    assert back.xpath("//form[contains(@class, 'reply')]//button/@value") == values
    odd = lxml.html.fromstring((await client.post(f"{path}/talk", data={"language": "tlh", "nonce": "3"})).text)
    assert odd.get("lang") == "en-GB"


async def test_numbers_to_ring_read_from_left_to_right_among_urdu_words(opened: Opened) -> None:
    client, path = browser(opened.sayso), f"/c/{opened.wave.consultation.slug}"
    page = lxml.html.fromstring((await client.get(f"{path}/young-person?in=ur")).text)
    numbers = {each.text for each in page.xpath("//bdi[@dir='ltr']")}
    assert "0800 1111" in numbers
    assert page.xpath("//footer//a[@href='tel:999']")


async def test_a_link_says_where_somebody_is_and_they_are_not_asked(opened: Opened) -> None:
    client, path = browser(opened.sayso), f"/c/{opened.wave.consultation.slug}"
    for link in ("staff/fenland", "anyone/fenland", "staff/nowhere"):
        page = lxml.html.fromstring((await client.get(f"{path}/{link}")).text)
        (form,) = (each for each in page.forms if each.action.endswith("/begin"))
        talk = await client.post(form.action, data={**dict(form.form_values()), "afresh": "1"})
        assert ("Your link says: Fenland" in talk.text) is (link == "staff/fenland"), link


async def test_what_was_not_taken_is_still_there_to_be_mended(opened: Opened) -> None:
    client, path = browser(opened.sayso), f"/c/{opened.wave.consultation.slug}"
    await client.post(f"{path}/begin", data={"audience": "staff"})
    await client.post(f"{path}/talk", data={"step": "1", "value": "yes"})
    page = lxml.html.fromstring((await client.get(f"{path}/talk")).text)
    while not page.xpath("//textarea[@id='reply']"):
        (form,) = (each for each in page.forms if "commands" in (each.get("class") or ""))
        page = lxml.html.fromstring(
            (await client.post(f"{path}/talk", data={**dict(form.form_values()), "command": "skip"})).text
        )
    (form,) = (each for each in page.forms if "reply" in (each.get("class") or ""))
    again = await client.post(f"{path}/talk", data={**dict(form.form_values()), "text": "x" * 5001})
    assert again.status_code == 422
    (field,) = lxml.html.fromstring(again.text).xpath("//*[@id='reply']")
    assert field.text == "x" * 5001
    assert field.get("aria-invalid") == "true"
    assert "trouble" in field.get("aria-describedby")
