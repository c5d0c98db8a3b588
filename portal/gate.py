"""What stands between the sockets and Django's threads.

A thread serves one request at a time, so it must wait for nobody. A request comes in here whole, within a
time, before a thread sees it; mail programs, which anybody can imitate, have threads of their own; no
address has all threads of a kind, however much it asks; what is known already needs no thread; and whoever
has sent a form learns without one how many are before them.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import HTTPScope, Receive, Scope, Send
from csp.utils import build_policy
from django.conf import settings
from django.http import parse_cookie
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse

from mailsetup.discovery import answers
from mailsetup.formats import autodiscover
from mailsetup.hosting.selectors import UnknownDomain
from portal.middleware import is_own_name

# What Django's own types say of it is not what a2wsgi's say.
WSGIApplication = Callable[[Any, Any], Any]
Headers = list[tuple[bytes, bytes]]
# Status, headers and body.
Answer = tuple[int, dict[str, str], bytes]

_TEXTS = {
    408: "The request did not arrive within {seconds:g} seconds. Please try again.",
    413: "This request is larger than {size} bytes, which nothing here is.",
    503: "Too many are asking at once. Please try again in a moment.",
}


class Gate:
    """An ASGI application (ASGI 3.0, HTTP) in front of a WSGI one."""

    def __init__(self, application: WSGIApplication) -> None:
        limits = settings.PORTAL
        self._people = _Lane(application, limits.people_threads_count)
        self._programs = _Lane(application, limits.programs_threads_count)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._people.application(scope, receive, send)
            return
        headers = _plain_headers(scope)
        known = self._turn(scope, headers) or _known_answer(scope, headers)
        if known is not None:
            await _send(send, *known)
            return
        lane = self._programs if _is_for_programs(scope["path"], headers) else self._people
        try:
            async with asyncio.timeout(settings.PORTAL.request_seconds):
                body = await _whole_body(headers, receive)
        except TimeoutError:
            await _refuse(send, 408)
        except _TooLarge:
            await _refuse(send, 413)
        except ConnectionError:
            return  # Nobody is there any more to answer.
        else:
            settled = _known_settings(scope, headers, body)
            if settled is not None:
                await _send(send, *settled)
                return
            await lane.serve({**scope, "headers": headers}, _sender(scope, headers), body, send)

    def _turn(self, scope: HTTPScope, headers: Headers) -> Answer | None:
        """What stands below a form that waits for its answer, where that is asked."""
        if scope["path"] != _TURN_PATH or scope["method"] != "GET" or not _is_own(_host(headers)):
            return None
        before = self._people.waiting_before(_visitor(headers))
        found = {"Cache-Control": "private, no-store", **_SECURITY_HEADERS}
        if before is None:
            return 204, found, b""  # and the form asks no more
        body = render_to_string("turn.html", {"before": before}).encode()
        kind = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        return 200, {**found, **kind}, body


@dataclass(slots=True)
class _Lane:
    """Threads of one kind, and the requests that they work on or that wait for them."""

    wsgi: WSGIApplication
    threads: int
    application: WSGIMiddleware = field(init=False)
    # Whose forms these requests are, in the order in which they came; "" for any other request.
    inside: dict[object, str] = field(default_factory=dict)
    # How many requests each sender has inside, and their turns.
    senders: dict[str, "_Sender"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.application = WSGIMiddleware(self.wsgi, workers=self.threads)

    async def serve(self, scope: HTTPScope, sender: str, body: bytes, send: Send) -> None:
        limits = settings.PORTAL
        turns = self.senders.get(sender) or _Sender()
        if len(self.inside) >= limits.requests_limit or turns.inside >= limits.sender_requests_limit:
            await _refuse(send, 503)
            return

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        crowding = turns.inside >= limits.sender_threads_count
        status = 0

        async def note_and_send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        self.senders[sender] = turns
        turns.inside += 1
        place = object()
        with ExitStack() as counted:
            self.inside[place] = _visitor(scope["headers"]) if scope["method"] == "POST" else ""
            counted.callback(self.inside.pop, place)
            try:
                async with turns.threads:
                    await self.application(scope, receive, note_and_send)
                    if crowding and status == 429:
                        # The answer is out; what follows it waits, for refusing takes as long as serving
                        # does. Nobody else has to make room for that.
                        counted.close()
                        await asyncio.sleep(limits.refused_wait_seconds)
            finally:
                turns.inside -= 1
                if not turns.inside:
                    del self.senders[sender]

    def waiting_before(self, visitor: str) -> int | None:
        """How many requests came before the form that this visitor has sent and has no answer to yet.

        None where there is no such form. With several processes it may wait in another one.
        """
        if not visitor:
            return None
        forms = enumerate(self.inside.values())
        return next((before for before, whose in forms if whose == visitor), None)


@dataclass(slots=True)
class _Sender:
    """Whose requests take turns among themselves, so that others find a thread free."""

    threads: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(settings.PORTAL.sender_threads_count)
    )
    inside: int = 0


class _TooLarge(Exception):
    pass


def _plain_headers(scope: HTTPScope) -> Headers:
    """Without those that have an underscore: WSGI can't tell X_Forwarded_For from the proxy's header."""
    return [(name, value) for name, value in scope["headers"] if b"_" not in name]


def _sender(scope: HTTPScope, headers: Headers) -> str:
    """The address that asks, as far as the proxies in front say it; of IPv6 the network that one has."""
    client = scope.get("client")
    lines = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    hops = [*",".join(lines).split(","), client[0] if client else ""]
    text = hops[max(-1 - settings.TRUSTED_PROXY_COUNT, -len(hops))].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else text


def _is_for_programs(path: str, headers: Headers) -> bool:
    """Whether only discovery can answer it (portal.middleware.HostMiddleware)."""
    if not _is_own(_host(headers)):
        return True
    try:
        resolve(path, "mailsetup.discovery.urls")
    except Resolver404:
        return False
    return True


def _host(headers: Headers) -> str:
    return next((value for name, value in headers if name == b"host"), b"").decode("latin-1")


def _visitor(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The token that every visitor's browser has who was shown a form (Django's CSRF cookie), or ""."""
    cookies = b"; ".join(value for name, value in headers if name == b"cookie").decode("latin-1")
    return parse_cookie(cookies).get(settings.CSRF_COOKIE_NAME, "")


def _is_own(host: str) -> bool:
    return is_own_name(split_domain_port(host.lower())[0])


async def _whole_body(headers: Headers, receive: Receive) -> bytes:
    """Raises _TooLarge, and ConnectionError when the client has gone."""
    largest = settings.PORTAL.request_body_max_bytes
    announced = next((value for name, value in headers if name == b"content-length"), b"")
    if announced.isdigit() and int(announced) > largest:
        return b""  # The page that says so asks for nothing of it (portal.middleware.BodyMiddleware).
    body = bytearray()
    more = True
    while more:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > largest:
            raise _TooLarge
    return bytes(body)


# What Django says of every page (portal.settings), said of the answers that never get there.
_SECURITY_HEADERS = {
    "Content-Security-Policy": build_policy(),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
}
_TURN_PATH = reverse("turn")
_AUTODISCOVER_PATH = "/autodiscover/autodiscover.xml"
_AUTOCONFIG_PATHS = frozenset(f"/{path}" for path in answers.AUTOCONFIG_PATHS)


def _known_answer(scope: HTTPScope, headers: Headers) -> Answer | None:
    """Status, headers and body where an autoconfig answer was given a moment ago."""
    if scope["path"] not in _AUTOCONFIG_PATHS or scope["method"] not in ("GET", "HEAD"):
        return None
    named = dict(headers)
    host = _host(headers)
    if settings.SECURE_HSTS_SECONDS and _is_own(host):
        return None  # Django says the rest.
    try:
        answer = answers.known(answers.Question.of(host, scope["query_string"].decode("latin-1")))
    except UnknownDomain:
        body = answers.NOT_KNOWN.encode()
        found = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "private, no-store"}
        return 404, {**found, **_SECURITY_HEADERS, "Content-Length": str(len(body))}, body
    except ValueError:
        return None  # No question; Django says so.
    if answer is None:
        return None
    status, found, body = answer.reply(named.get(b"if-none-match", b"").decode("latin-1"))
    found |= _SECURITY_HEADERS
    if status == 200:
        found["Content-Length"] = str(len(body))
    return status, found, b"" if scope["method"] == "HEAD" else body


def _known_settings(scope: HTTPScope, headers: Headers, body: bytes) -> Answer | None:
    """Status, headers and body where Autodiscover's answer needs no database."""
    if scope["method"] != "POST" or scope["path"].lower() != _AUTODISCOVER_PATH:
        return None
    host = _host(headers)
    if not 0 < len(body) <= settings.DISCOVERY.discovery_body_max_bytes or (
        settings.SECURE_HSTS_SECONDS and _is_own(host)
    ):
        return None
    document = answers.known_settings(body)
    if document is None:
        return None
    found = {"Content-Type": autodiscover.MEDIA_TYPE, "Cache-Control": "private, no-store"}
    return 200, {**found, **_SECURITY_HEADERS, "Content-Length": str(len(document))}, document


async def _send(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _refuse(send: Send, status: int) -> None:
    limits = settings.PORTAL
    text = _TEXTS[status].format(seconds=limits.request_seconds, size=limits.request_body_max_bytes)
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Cache-Control": "no-store",
        "Connection": "close",
        **({"Retry-After": "5"} if status == 503 else {}),
    }
    await _send(send, status, headers, text.encode())
