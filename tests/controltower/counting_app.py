"""An application as small as can be, behind the same patience: it says how long a body was."""

from collections.abc import Iterable

from controltower.slow_senders import Environ, Patience, StartResponse


def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(body)).encode()]


application = Patience(answer, threads=4)
