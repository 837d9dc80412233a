"""Plays the web chat as a browser without JavaScript does: it reads the page, fills in the form that is on it with
its hidden fields, keeps cookies and follows redirects."""

from typing import Any

import httpx
import lxml.html  # type: ignore[import-untyped]

from bot.web.app import create_app
from consultation.domain.consultation import Channel
from consultation.flow.events import Command
from tests.builders import Opened
from tests.transcripts.lead import lead_writes
from tests.transcripts.spoken import Spoken, command_of_label, tidy
from tests.transcripts.transcript import Turn

Page = Any  # an lxml document


class Browser:
    """One window with its cookies. `page` is what it shows."""

    def __init__(self, opened: Opened) -> None:
        transport = httpx.ASGITransport(app=create_app(opened.sayso))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://sayso.test", follow_redirects=True)
        self.page: Page = None
        self.status = 0

    async def open(self, path: str) -> None:
        self._show(await self.client.get(path))

    async def submit(self, form: Any, *pressed: tuple[str, str]) -> None:
        """Send `form` as it stands on the page, with the button that was pressed."""
        fields: dict[str, list[str]] = {}
        for name, value in [*form.form_values(), *pressed]:
            fields.setdefault(name, []).append(value)
        self._show(await self.client.post(form.get("action"), data=fields))

    def _show(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.page = lxml.html.fromstring(response.text)

    def form(self, kind: str) -> Any:
        """The form of this class, or the one that posts to this address."""
        for form in self.page.xpath("//form"):
            if kind in (form.get("class") or "").split() or form.get("action").endswith(f"/{kind}"):
                return form
        raise AssertionError(f"there is no form {kind!r} on the page: {tidy(self.page.text_content())[:300]}")


class WebPlayer:
    repeats_unread = True

    def __init__(self, opened: Opened, *, with_tabs: bool = False) -> None:
        self.opened, self._with_tabs = opened, with_tabs
        self.browser = Browser(opened)
        self._tabs: list[Page] = []  # the talk as a second tab showed it before each turn

    def where(self) -> tuple[Opened, Channel, str]:
        chat = self.browser.client.cookies.get(f"talk_{self.opened.wave.consultation.slug}")
        assert chat is not None, "the browser was given no cookie"
        return self.opened, Channel.WEB, chat

    async def does(self, turn: Turn) -> list[Spoken]:
        if self._with_tabs and self.browser.page is not None:
            self._tabs.append(await self.second_tab())
        match turn.act:
            case "start":
                await self._start(turn)
            case "types":
                form = self.browser.form("reply")
                form.fields["text"] = turn.words
                await self.browser.submit(form)
            case "ticks":
                await self._tick(turn.ticks or [])
            case "taps":
                await self._tap(self.browser.page, turn.taps or "")
            case "command":
                await self._command(turn.command)
            case "lead_writes":  # and they open the page again
                lead_writes(*self.where(), turn.lead_writes or "")
                await self.browser.open(f"/c/{self.opened.wave.consultation.slug}/talk")
            case "old_button":
                await self._press_in_old_tab(turn.old_button or "")
            case _:
                raise AssertionError(f"a page has no way to {turn.act}")
        return read_page(self.browser.page)

    def can_link(self, href: str) -> bool:
        return True

    async def second_tab(self) -> Page:
        """The talk as another tab of the same browser shows it now."""
        tab = await self.browser.client.get(f"/c/{self.opened.wave.consultation.slug}/talk")
        return lxml.html.fromstring(tab.text)

    async def _start(self, turn: Turn) -> None:
        path = f"/c/{self.opened.wave.consultation.slug}"
        await self.browser.open(f"{path}/{turn.audience.link}" if turn.audience else path)
        await self.browser.submit(self.browser.form("begin"))

    async def _tap(self, page: Page, label: str) -> None:
        # the prompt's own first: the menu at the top offers languages by the same names
        own, others = "//form[contains(@class, 'reply')]//button[@name]", "//form//button[@name]"
        for button in [*page.xpath(own), *page.xpath(others)]:
            if tidy(button.text_content()) == label:
                form = next(button.iterancestors("form"))
                await self.browser.submit(form, (button.get("name"), button.get("value")))
                return
        raise AssertionError(f"there is no button {label!r}")

    async def _tick(self, labels: list[str]) -> None:
        form = self.browser.form("reply")
        boxes = {tidy(each.text_content()): each.xpath(".//input")[0] for each in form.xpath(".//label[.//input]")}
        assert set(labels) <= set(boxes), f"there is no box {set(labels) - set(boxes)}"
        for label, box in boxes.items():
            box.checked = label in labels
        await self.browser.submit(form)

    async def _command(self, command: Command | None) -> None:
        assert command is not None
        buttons = self.browser.page.xpath(f"//button[@name='command'][@value='{command.value}']")
        if not buttons:  # the same thing stands among the choices, such as "Carry on"
            buttons = self.browser.page.xpath(f"//button[@value='{command.value}']")
        assert buttons, f"there is no button for {command.value}"
        await self.browser.submit(next(buttons[0].iterancestors("form")), (buttons[0].get("name"), command.value))

    async def _press_in_old_tab(self, label: str) -> None:
        now = _step(self.browser.page)
        for tab in reversed(self._tabs):
            if _step(tab) != now and any(tidy(each.text_content()) == label for each in tab.xpath("//button[@name]")):
                await self._tap(tab, label)
                return
        raise AssertionError(f"no earlier page had a button {label!r}")


def _step(page: Page) -> str:
    return next(iter(page.xpath("//form[contains(@class, 'reply')]//input[@name='step']/@value")), "")


def read_page(page: Page) -> list[Spoken]:
    """What the bot says on the talk page, the prompt that stands last."""
    said = [
        Spoken(tidy(" ".join(part.text_content() for part in each.xpath("p"))), links=tuple(each.xpath(".//a/@href")))
        for each in page.xpath("//*[@data-said]")
    ]
    for asked in page.xpath("//*[@data-ask]"):
        buttons = page.xpath("//form[contains(@class, 'reply')]//button[@name='value']")
        boxes = page.xpath("//form[contains(@class, 'reply')]//label[.//input[@type='checkbox']]")
        commands = page.xpath("//button[@data-command]")
        place = page.xpath("//*[@class='place']")
        said.append(
            Spoken(
                tidy(asked.text_content()),
                tuple(tidy(each.text_content()) for each in [*buttons, *boxes]),
                tuple(Command(each.get("value")) for each in commands),
                tidy(place[0].text_content()) if place else "",
            )
        )
    for button in page.xpath("//button[@data-command]"):
        assert command_of_label(tidy(button.text_content())) is Command(button.get("value"))
    return said
