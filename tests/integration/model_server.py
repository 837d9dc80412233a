"""A language model's server for tests, over real HTTP on loopback: OpenAI's chat completions, good and bad."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.durability.keeping import free_port

KEY = "a-key-of-tests"


@dataclass
class Model:
    """What the server was asked, and how it behaves: `says` gives the reply to an answer's text; `statuses` are
    answered first, one a request; it takes `hang` seconds; `schemas`: whether it knows of JSON Schema."""

    port: int = 0
    says: Callable[[str], str] = lambda _: '{"codes": []}'
    statuses: list[int] = field(default_factory=list)
    hang: float = 0
    drips: bool = False
    schemas: bool = True
    key: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def texts(self) -> list[str]:
        return [json.loads(each["messages"][1]["content"])["answer"] for each in self.asked]

    async def answer(self, request: Request) -> Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answer(request)
        finally:
            self.at_once -= 1

    async def _answer(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        await asyncio.sleep(self.hang)
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return Response(status_code=401)
        if "response_format" in body and not self.schemas:
            return Response(status_code=400)
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            return (
                RedirectResponse("http://elsewhere.invalid/") if 300 <= status < 400 else Response(status_code=status)
            )
        if self.drips:
            return StreamingResponse(_dripping())
        said = self.says(json.loads(body["messages"][1]["content"])["answer"])
        return JSONResponse({"choices": [{"message": {"role": "assistant", "content": said}}]})


async def _dripping() -> Any:
    while True:
        yield b" "
        await asyncio.sleep(0.05)


@contextmanager
def model_server(**how: Any) -> Iterator[Model]:
    model = Model(port=free_port(), **how)
    app = Starlette(routes=[Route("/v1/chat/completions", model.answer, methods=["POST"])])
    config = uvicorn.Config(app, host="127.0.0.1", port=model.port, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield model
    finally:
        server.should_exit = True
        thread.join(10)
