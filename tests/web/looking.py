"""What a page is held to whenever a test looks at it: what axe knows of WCAG 2.2 AA, room at 320 pixels, targets."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}  # off unless asked for
LOOKS = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "link-in-text-block"]}}
NARROW = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}
SMALLEST = 24  # CSS pixels of a target (2.5.8); links within a sentence may be smaller

TOO_SMALL = """smallest =>
    [...document.querySelectorAll('a, button, summary, input:not([type=hidden]), textarea, select')]
    .filter(each => each.getClientRects().length && !each.closest('.skip'))
    .filter(each => !(each.matches('a') && getComputedStyle(each).display === 'inline'))
    .map(each => each.matches('[type=checkbox]') ? each.closest('label') : each)
    .filter(each => { const at = each.getBoundingClientRect(); return Math.min(at.width, at.height) < smallest; })
    .map(each => each.outerHTML.slice(0, 90))"""


def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """What axe finds, one line for each rule."""
    page.evaluate("scrollTo(0, 0)")  # axe takes what has scrolled under the bar at the top for cut off
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "options => axe.run(document, options)", rules | {"resultTypes": ["violations"]}
    )
    return [
        f"{each['id']}: {each['help']} ({', '.join(node['html'][:120] for node in each['nodes'][:3])})"
        for each in found["violations"]
    ]


def sticks_out(page: Page) -> list[str]:
    """What makes a page scroll sideways."""
    return list(
        page.evaluate(
            """() => { const at = document.documentElement; return at.scrollWidth <= at.clientWidth ? [] :
            [...document.querySelectorAll('body *')].filter(each => !each.closest('.skip, .unseen'))
                .filter(each => { const { left, right } = each.getBoundingClientRect();
                                  return left < 0 || right > at.clientWidth; })
                .map(each => each.outerHTML.slice(0, 90)); }"""
        )
    )


def look(page: Page, name: str) -> None:
    """Narrow and light by all rules, then wide and dark by those that hang on it; fails with what is wrong."""
    for size, scheme, rules in ((NARROW, "light", ALL), (DESKTOP, "dark", LOOKS)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        faults = [*violations(page, rules), *sticks_out(page), *page.evaluate(TOO_SMALL, SMALLEST)]
        assert not faults, f"{name}, {size['width']} pixels, {scheme}: {faults}"


def focused(page: Page) -> str:
    """What has the focus, as a person knows it: the id of a place, or the words of a button, link or field."""
    return str(
        page.evaluate(
            """() => { const at = document.activeElement;
            return at.id || at.value && at.matches('[type=checkbox]') && at.labels[0].textContent.trim()
                || at.textContent.trim() || at.tagName; }"""
        )
    )
