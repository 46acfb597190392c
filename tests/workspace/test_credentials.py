"""What really goes over the wire to a remote that wants credentials."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.domain.errors import UserError
from bot.workspace.clone import Clone
from bot.workspace.remote import Remote


class Door(ThreadingHTTPServer):
    """Answers every request with one status, and remembers the keys it was shown."""

    def __init__(self, status: int, elsewhere: str = "") -> None:
        self.keys: list[str | None] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                door.keys.append(self.headers.get("Authorization"))
                self.send_response(status)
                if elsewhere:
                    self.send_header("Location", elsewhere + self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def doors() -> Iterator[list[Door]]:
    opened: list[Door] = []
    yield opened
    for door in opened:
        door.shutdown()
        door.server_close()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_the_key_is_shown_once_and_a_refusal_is_the_users_to_mend(doors, tmp_path, status):
    doors.append(door := Door(status))
    tokens = iter(["first", "second"])
    clone = Clone(tmp_path / "c", Remote(f"{door.url}/o/r.git", lambda: next(tokens)))
    for token in ("first", "second"):  # asked for anew each time: installation tokens end
        with pytest.raises(UserError, match="does not admit git fetch") as refused:
            clone.fetch()
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        assert door.keys[-1] == f"Basic {basic}"
        assert basic not in str(refused.value)
    written = [p.read_bytes() for p in clone.folder.rglob("*") if p.is_file()]
    assert not [text for text in written if b"Basic" in text]
    clone.close()


def test_a_redirect_elsewhere_does_not_carry_the_key_away(doors, tmp_path):
    doors.append(thief := Door(404))
    doors.append(door := Door(302, f"http://localhost:{thief.server_port}"))
    clone = Clone(tmp_path / "c", Remote(f"{door.url}/o/r.git", lambda: "sesame"))
    with pytest.raises(UserError):
        clone.fetch()
    assert door.keys[0]
    assert thief.keys[0] is None
    clone.close()
