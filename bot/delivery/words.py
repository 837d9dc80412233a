"""What the safeguarding team reads: on a phone, in the street, at night. Reference, how urgent, and what to do now.

Nothing of any message is here, nor which consultation, question or person it was.
"""

from datetime import timedelta

from consultation.domain.concern import Level
from consultation.locale import in_words
from consultation.safeguarding.notices import Alert, Heartbeat, Notice

WEEK = timedelta(days=7)


def subject(notice: Notice) -> str:
    """One line."""
    if isinstance(notice, Heartbeat):
        return "Sayso: the safeguarding alerts work"
    if notice.drill:
        return f"DRILL: Sayso safeguarding referral {notice.reference} (a test, nobody is in danger)"
    urgent = "URGENT: " if notice.level is Level.IMMEDIATE else ""
    again = " still waits" if notice.call.sent or notice.call.rung else ""
    return f"{urgent}Sayso safeguarding referral {notice.reference}{again}"


def body(notice: Notice, pages: str | None = None) -> str:
    """The lines below it. `pages`: where staff read referrals; None where there is a button under it to acknowledge
    with, and no link may be, because a messenger would call the page to show a piece of it."""
    lines = _heartbeat(notice) if isinstance(notice, Heartbeat) else _alert(notice, pages)
    return "\n".join(lines) + "\n"


def _heartbeat(beat: Heartbeat) -> list[str]:
    if beat.waiting == 0:
        waits = "No referral waits for anybody to acknowledge it."
    else:
        many = "1 referral waits" if beat.waiting == 1 else f"{beat.waiting} referrals wait"
        waits = f"{many} for somebody to acknowledge it, the oldest since {_since(beat)}."
    return [
        "Sayso's safeguarding path is alive.",
        waits,
        "",
        f"This goes to the {beat.path.position} every day. If it ever fails to come, tell whoever looks after Sayso at "
        "once: then an alert would not come either.",
    ]


def _alert(alert: Alert, pages: str | None) -> list[str]:
    there = "that page" if pages else "the safeguarding pages"
    asked = ["They asked to be contacted."] if alert.asks_contact else []
    later = alert.call.rung or alert.call.sent
    why_you = [f"Nobody has said yet that they have it. You are told as the {alert.path.position}."] if later else []
    return [
        _how_urgent(alert),
        "",
        f"Reference: {alert.reference}",
        *asked,
        *why_you,
        "",
        "What to do now:",
        f"1. Say that you have it: {f'{pages}/{alert.reference}' if pages else 'press the button below'}",
        f"2. Read it, with your key file and passphrase, on {there} or with",
        f"   sayso referral {alert.reference} --key YOUR-KEY-FILE",
        "",
        _what_follows(alert),
        "The message is sealed. No word of it is in this alert.",
    ]


def _how_urgent(alert: Alert) -> str:
    if alert.drill:
        return f"This is a drill (level: {alert.level}). Nobody is in danger. Do what you would do if it were real."
    if alert.level is Level.IMMEDIATE:
        return "Somebody may be in danger now. They were shown 999 and the help lines."
    return "Somebody wrote something worrying. They were shown the help lines. Please look at it today."


def _what_follows(alert: Alert) -> str:
    hours, rest = divmod(alert.minutes, 60)
    after = f"{alert.minutes} minutes" if rest else f"{hours} hours" if hours > 1 else "an hour"
    if alert.last:
        return f"Until somebody says so, you are told again after {after}."
    return f"If nobody says so within {after}, the next in line is told."


def _since(beat: Heartbeat) -> str:
    """A day as people say it, and no time."""
    assert beat.oldest is not None
    return f"{beat.oldest:%A}" if timedelta(0) <= beat.day - beat.oldest < WEEK else in_words(beat.oldest)
