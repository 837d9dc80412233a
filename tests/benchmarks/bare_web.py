"""The reference for the web door: a Starlette route that reads the same form and answers with the same redirect.

Run as `python -m tests.benchmarks.bare_web PORT`, under the same server as Sayso's.
"""

import gc
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route


async def post(request: Request) -> Response:
    form = await request.form()
    assert form["nonce"]
    return RedirectResponse(f"/c/{request.path_params['slug']}/talk#now", status_code=303)


def main() -> None:
    app = Starlette(
        routes=[Route("/c/{slug}/talk", post, methods=["POST"]), Route("/c/{slug}/begin", post, methods=["POST"])]
    )
    gc.collect()
    gc.freeze()
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_config=None, lifespan="off")


if __name__ == "__main__":
    main()
