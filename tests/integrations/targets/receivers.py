"""What takes e-mails and events on the other side: real servers on the loopback."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer


@dataclass
class MailServer:
    """Speaks enough SMTP for `smtplib`. `answers` replaces the reply to a command (in capitals, or
    "." for the end of the text); None hangs up instead."""

    port: int = 0
    taken: list[Message] = field(default_factory=list)
    answers: dict[str, str | None] = field(default_factory=dict)
    connections: int = 0


@contextmanager
def mail_server() -> Iterator[MailServer]:
    mails = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            mails.connections += 1
            self.wfile.write(b"220 test ready\r\n")
            while line := self.rfile.readline():
                word = line.split()[0].decode().upper() if line.split() else ""
                if not self._answer(word):
                    return
                refused = not (mails.answers.get(word) or "354").startswith("354")
                if word == "DATA" and not refused and not self._take_text():
                    return

        def _answer(self, word: str) -> bool:
            usual = {"DATA": "354 go on", "QUIT": "221 bye"}.get(word, "250 fine")
            said = mails.answers.get(word, usual)
            if said is None:
                return False
            self.wfile.write(f"{said}\r\n".encode())
            return word != "QUIT"

        def _take_text(self) -> bool:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            if not (mails.answers.get(".", "250") or "").startswith(("4", "5")):
                mails.taken.append(message_from_bytes(b"".join(lines)))
            return self._answer(".")

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        mails.port = port
        yield mails


@dataclass
class Event:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class EventServer:
    """What n8n got. `statuses` are given in turn, then 200; None hangs up without an answer."""

    url: str = ""
    got: list[Event] = field(default_factory=list)
    statuses: list[int | None] = field(default_factory=list)
    says: bytes = b'{"message":"Workflow was started"}'


@contextmanager
def event_server() -> Iterator[EventServer]:
    events = EventServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            events.got.append(Event(self.path, headers, body))
            status = events.statuses.pop(0) if events.statuses else 200
            if status is None:
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{events.url}/elsewhere")
            self.send_header("Content-Length", str(len(events.says)))
            self.end_headers()
            self.wfile.write(events.says)

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    with _serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        events.url = f"http://127.0.0.1:{port}"
        yield events


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield int(server.socket.getsockname()[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
