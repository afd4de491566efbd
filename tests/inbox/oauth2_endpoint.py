"""A token endpoint on loopback that says what it is told to say.

In: answers, one for each request, the last one repeated. Out: its URL, and the forms it was sent.

*Fails:* never.

PYTEST_DONT_REWRITE: this is a plugin that modules also import from, in any order.
"""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class TokenEndpoint:
    """The endpoint; `before` runs while a request waits for its answer."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.before: Callable[[dict[str, str]], None] = lambda form: None
        self._answers: list[tuple[int, bytes]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                code, body = endpoint._next(self.rfile.read(length).decode())
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/token"

    def answer(self, code: int = 200, body: bytes | None = None, **fields: object) -> None:
        """Say this to the next request that has no answer yet."""
        self._answers.append((code, json.dumps(fields).encode() if body is None else body))

    def forget(self) -> None:
        """Have no answers left."""
        self._answers.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _next(self, body: str) -> tuple[int, bytes]:
        form = dict(urllib.parse.parse_qsl(body))
        self.forms.append(form)
        self.before(form)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.fixture
def token_endpoint() -> Iterator[TokenEndpoint]:
    endpoint = TokenEndpoint()
    yield endpoint
    endpoint.close()
