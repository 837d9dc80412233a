"""Asks a language model over HTTP, as OpenAI's chat completions have it. Sends what it is given; logs nothing.

The address was checked with the settings (`bot.assist_address`). Redirects are not followed and the environment's
proxies not used: either would show the text to somebody else.
"""

import threading
from collections.abc import Callable, Mapping
from time import monotonic, sleep
from typing import Any

import httpx

from analysis.coding.assist import LONGEST_REPLY, NoAssist
from bot.settings import Settings

SECONDS = 60.0  # a reply; a model on a processor is slow
BACK_OFF = 1.0  # seconds before the second attempt; twice that before the third
ATTEMPTS = 4
TRANSIENT = {408, 409, 425, 429, 500, 502, 503, 504}
MOST_BYTES = 4 * LONGEST_REPLY


class HttpAssist:
    """An `Assist` at `settings.assist_url`. Raises `NoAssist` where none is set up."""

    def __init__(
        self, settings: Settings, *, seconds: float = SECONDS, back_off: float = BACK_OFF,
        pause: Callable[[float], object] = sleep,
    ) -> None:  # fmt: skip
        if not settings.assist_url or not settings.assist_model:
            raise NoAssist(
                "No language model is set up. Set SAYSO_ASSIST_URL to one that you run yourselves, and "
                "SAYSO_ASSIST_MODEL to its name. Sayso works without."
            )
        self.model = settings.assist_model
        key = settings.assist_key
        self._url = f"{settings.assist_url.rstrip('/')}/chat/completions"
        self._seconds, self._back_off, self._pause = seconds, back_off, pause
        self._knows_schemas = threading.Event()
        self._knows_schemas.set()  # until it says otherwise
        self._client = httpx.Client(
            timeout=seconds, follow_redirects=False, trust_env=False,
            headers={"authorization": f"Bearer {key.get_secret_value()}"} if key else {},
        )  # fmt: skip

    def close(self) -> None:
        self._client.close()

    def ask(self, messages: list[dict[str, str]], schema: Mapping[str, Any]) -> str:
        why = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(self._back_off * 2 ** (attempt - 1))
            with_schema = self._knows_schemas.is_set()
            try:
                status, body = self._post(self._body(messages, schema if with_schema else None))
            except (httpx.HTTPError, TimeoutError) as error:
                why = f"no answer came ({type(error).__name__})"
                continue
            if 200 <= status < 300:
                return _content(body)
            if status in (400, 422) and with_schema:
                self._knows_schemas.clear()  # some servers take no schema; what comes back is checked anyway
            elif status not in TRANSIENT:
                raise NoAssist(f"The language model's server refuses ({status}). {_mend(status)}")
            why = f"it answered {status}"
        raise NoAssist(
            f"The language model's server can't be reached: {why}, {ATTEMPTS} times. See whether it runs, and start "
            "again: what was read is kept."
        )

    def _body(self, messages: list[dict[str, str]], schema: Mapping[str, Any] | None) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self.model, "messages": messages, "temperature": 0, "max_tokens": 1500}
        if schema is not None:
            named = {"name": "codes", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        return body

    def _post(self, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """Status and content. A server that drips is timed as a whole, and one that floods is cut off."""
        late, got = monotonic() + self._seconds, bytearray()
        with self._client.stream("POST", self._url, json=body) as answer:
            for part in answer.iter_bytes():
                got += part
                if monotonic() > late or len(got) > MOST_BYTES:
                    raise TimeoutError
            return answer.status_code, bytes(got)


def _content(body: bytes) -> str:
    """What the model said; an empty text where the server's answer is of another form, which nothing can be read of."""
    try:
        said = httpx.Response(200, content=body).json()["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError):
        return ""
    return said[:LONGEST_REPLY] if isinstance(said, str) else ""


def _mend(status: int) -> str:
    if status in (401, 403):
        return "Look at SAYSO_ASSIST_KEY."
    if status == 404:
        return "Look at SAYSO_ASSIST_URL (it ends in /v1 with most servers) and SAYSO_ASSIST_MODEL."
    return "Look at SAYSO_ASSIST_URL, and at the server's own log."
