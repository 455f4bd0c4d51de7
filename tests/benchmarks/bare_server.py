"""A server that answers a constant, served as the box serves its door: the floor of `bench http`.

Run as `python -m tests.benchmarks.bare_server fastapi|starlette`; logs the port as the box does.
"""

import asyncio
import logging
import ssl
import sys

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from edge_agent.rest_api.options import HttpOptions
from edge_agent.rest_api.serve import serve
from edge_agent.runtime.counters import Counters

PATHS = ("/", "/router/rest")
METHODS = ["GET", "POST"]
CONSTANT = {"RequestId": "0" * 36, "Success": True, "Code": "200"}


def with_fastapi() -> FastAPI:
    """Routes as one writes them by hand; FastAPI finds, calls and encodes."""
    app = FastAPI(openapi_url=None)
    for path in PATHS:

        @app.api_route(path, methods=METHODS)
        async def constant() -> dict[str, object]:
            return CONSTANT

    return app


def with_starlette() -> Starlette:
    """The least that Starlette needs."""

    async def constant(_: Request) -> JSONResponse:
        return JSONResponse(CONSTANT)

    return Starlette(routes=[Route(path, constant, methods=METHODS) for path in PATHS])


def main() -> None:
    """Serve on a free port until ended."""
    logging.basicConfig(level=logging.INFO)
    made = {"fastapi": with_fastapi, "starlette": with_starlette}[sys.argv[1]]()
    options = HttpOptions(port=0, token="none", metrics_key="none")
    asyncio.run(serve(made, options, ssl.create_default_context, Counters()))


if __name__ == "__main__":
    main()
