"""What the door for signed events costs, against a bare view that stores a row on the same server.

    python -m benchmarks.hooks [--seconds 8] [--pairs 3] [--senders 8] [--rate 200]

Both views run in one web server, one after the other, with the same senders; the median of the
pairs counts. Prints accepted requests a second of the door / of the bare view (target: at least
0.7), and the door's p99. Then events come at a steady rate while worker and beat, as `make run`
starts them, work them through: nothing may be refused, and none may wait for five seconds.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import urllib3
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from exceptions import policies
from exceptions.models import Connection, Site
from integrations import event_sources
from integrations.models import CarrierScan, InboxDelivery

RATIO, OLDEST = 0.7, 5.0  # the targets
HOST = "127.0.0.1"


@dataclass
class Round:
    """Of one round: how long each accepted request took, and how many were refused."""

    seconds: float
    took: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.took, n=100)[98]


Request = Callable[[], tuple[str, bytes, dict[str, str]]]


def signed(address: str, secret: str) -> Request:
    """Events of as many parcels as there are letters, each with a name of its own."""
    webhook = Webhook(secret)

    def request() -> tuple[str, bytes, dict[str, str]]:
        event, now = uuid.uuid4().hex, datetime.now(UTC)
        said = {
            "tracking": f"T{event[:6]}",
            "carrier": "DHL",
            "status": "in_transit",
            "at": now.isoformat(),
        }
        body = json.dumps(said)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": webhook.sign(event, now, body),
        }
        return address, body.encode(), headers

    return request


def run(request: Request, seconds: float, senders: int, rate: float = 0) -> Round:
    """All senders at once for so long; with a rate, as many a second together."""
    found, until = Round(seconds), time.perf_counter() + seconds
    pause = senders / rate if rate else 0.0

    def send() -> None:
        with urllib3.PoolManager(num_pools=1) as pool:
            due = time.perf_counter()
            while time.perf_counter() < until:
                _send(pool, request, found)
                due += pause
                time.sleep(max(0.0, due - time.perf_counter()) if pause else 0.0)

    threads = [threading.Thread(target=send) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _send(pool: urllib3.PoolManager, request: Request, found: Round) -> None:
    address, body, headers = request()
    begun = time.perf_counter()
    answer = pool.request("POST", address, body=body, headers=headers)
    if answer.status == 202:
        found.took.append(time.perf_counter() - begun)
    else:
        found.refused += 1


@contextmanager
def web_server() -> Iterator[str]:
    """As `make run` starts it, with the bare view beside."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", HOST, "--port", str(port), "--workers", "1", "--blocking-threads", "8"]
    with subprocess.Popen([*command, "benchmarks._beside:application"]) as server:
        _wait(port)
        try:
            yield f"http://{HOST}:{port}"
        finally:
            server.terminate()


@contextmanager
def worker() -> Iterator[None]:
    """Worker and beat as `make run` starts them, with all their ticks; ready when it begins."""
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "controltower"]
    work = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    with tempfile.TemporaryDirectory() as folder:
        beat = [*celery, "beat", "--schedule", f"{folder}/schedule"]
        started = [subprocess.Popen(command) for command in (work, beat)]
        try:
            _until_it_works()
            yield
        finally:
            for each in started:
                each.terminate()
            for each in started:
                each.wait(30)


def _until_it_works() -> None:
    """What the comparison left waiting is taken up once both are there."""
    for _time in range(600):
        if InboxDelivery.objects.filter(done_at__isnull=False).exists():
            return
        time.sleep(0.1)
    raise SystemExit("The worker did not start.")


def _wait(port: int) -> None:
    for _time in range(600):
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The web server did not start.")


def compare(url: str, path: str, secret: str, options: argparse.Namespace) -> bool:
    door, bare = signed(f"{url}/hooks/{path}/", secret), signed(f"{url}/bare/", secret)
    for request in (door, bare):
        run(request, 1, options.senders)
    pairs = [
        tuple(run(each, options.seconds, options.senders) for each in (door, bare))
        for _ in range(options.pairs)
    ]
    ratio = statistics.median(door.rate / bare.rate for door, bare in pairs)
    best = max((door for door, _bare in pairs), key=lambda each: each.rate)
    print(f"door {best.rate:,.0f} requests/s, p99 {best.p99 * 1000:.0f} ms")
    print(f"door / bare view: {ratio:.2f} (target: at least {RATIO})")
    return ratio >= RATIO and not any(door.refused for door, _bare in pairs)


def source() -> tuple[str, str]:
    """Path and secret of a source on an empty database."""
    assert not Site.objects.exists(), "run it on an empty database"
    policies.publish_defaults(at=timezone.now())
    connection = Connection.objects.create(name="Odoo")
    site = Site.objects.create(connection=connection, external_id=1, code="RTM", name="Rotterdam")
    said = event_sources.Settings(name="Feed", site=site, per_minute=10**6)
    made, secret = event_sources.add(said, "standard", "", None, at=timezone.now())
    return event_sources.address(made).rstrip("/").rpartition("/")[2], secret


def steady(request: Request, options: argparse.Namespace) -> bool:
    """Events at a steady rate, worked through as they come; whether none was refused or waited."""
    InboxDelivery.objects.all().delete()
    done: list[Round] = []
    feed = threading.Thread(
        target=lambda: done.append(run(request, options.feed, options.senders, options.rate))
    )
    feed.start()
    oldest = 0.0
    while feed.is_alive() or InboxDelivery.objects.filter(state="waiting").exists():
        oldest = max(oldest, _age())
        time.sleep(0.2)
    (told,) = done
    print(
        f"{told.rate:,.0f} events/s for {options.feed:.0f} s, {told.refused} refused, p99 ", end=""
    )
    print(f"{told.p99 * 1000:.0f} ms, {CarrierScan.objects.count():,} scans kept")
    print(f"oldest that waited: {oldest:.1f} s (target: less than {OLDEST:.0f})")
    return oldest < OLDEST and not told.refused


def _age() -> float:
    first = InboxDelivery.objects.filter(state="waiting").order_by("received_at").first()
    return (timezone.now() - first.received_at).total_seconds() if first else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hooks")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--rate", type=float, default=200)
    feed = float(os.environ.get("FEED_SECONDS", "30"))
    parser.add_argument("--feed", type=float, default=feed, help="Seconds of the steady feed")
    options = parser.parse_args(arguments)
    path, secret = source()
    with web_server() as url:
        quick = compare(url, path, secret, options)
        with worker():
            in_time = steady(signed(f"{url}/hooks/{path}/", secret), options)
    return 0 if quick and in_time else 1


if __name__ == "__main__":
    sys.exit(main())
