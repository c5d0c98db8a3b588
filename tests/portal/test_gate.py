"""What reaches a thread of the portal, and which one."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.html import strip_tags
from pytest_django.fixtures import Settings

from mailsetup.discovery.index import follower
from portal.gate import Gate
from tests.formats.test_autodiscover import ASKED

OWN, FOREIGN = "testserver", "autoconfig.example.com"
PATIENCE_SECONDS = 20
Message = dict[str, Any]


class Application:
    """A WSGI application that keeps what it was asked and echoes the body; paths in `held` wait."""

    def __init__(self, *held: str) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status = "200 OK"
        self.held = held
        self.begun, self.released = threading.Semaphore(0), threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environ)
        if environ["PATH_INFO"] in self.held:
            self.begun.release()
            assert self.released.wait(PATIENCE_SECONDS)
        start_response(self.status, [("Content-Type", "text/plain")])
        return [environ["wsgi.input"].read()]


@pytest.fixture
def limits(settings: Settings) -> Callable[..., None]:
    def change(**values: float) -> None:
        settings.PORTAL = msgspec.structs.replace(settings.PORTAL, **values)

    change(people_threads_count=1, programs_threads_count=1)
    return change


def request(path: str = "/", host: str = OWN, *headers: tuple[bytes, bytes]) -> Message:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", host.encode()), *headers],
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.1", 50000),
    }


async def answer_to(gate: Gate, scope: Message, *received: Message | Awaitable[Message]) -> list[Message]:
    """What the gate sends; what is not there yet is awaited."""
    sent: list[Message] = []
    messages = iter(received or ({"type": "http.request", "body": b"", "more_body": False},))

    async def receive() -> Message:
        message = next(messages)
        return message if isinstance(message, dict) else await message

    async def send(message: Message) -> None:
        sent.append(message)

    await gate(scope, receive, send)  # type: ignore[arg-type]
    return sent


def part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def told(sent: list[Message]) -> tuple[int, str]:
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


def headers_of(sent: list[Message]) -> dict[bytes, bytes]:
    return dict(sent[0]["headers"])


def test_a_thread_gets_a_request_whole(limits: Callable[..., None]) -> None:
    application = Application()
    sent = asyncio.run(
        answer_to(Gate(application), request(), part(b"log"), part(b"in="), part(b"x", more=False))
    )
    assert told(sent) == (200, "login=x")


def test_what_does_not_come_in_time_never_reaches_a_thread(limits: Callable[..., None]) -> None:
    limits(request_seconds=0.05)
    application = Application()

    async def attack() -> list[Message]:
        never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        return await answer_to(Gate(application), request(), part(b"login="), never)

    sent = asyncio.run(attack())
    assert told(sent) == (408, "The request did not arrive within 0.05 seconds. Please try again.")
    assert headers_of(sent)[b"connection"] == b"close"
    assert application.asked == []


def test_what_grows_too_large_on_the_way_is_not_read_on(limits: Callable[..., None]) -> None:
    limits(request_body_max_bytes=10_000)
    application = Application()
    sent = asyncio.run(answer_to(Gate(application), request(), part(b"x" * 10_000), part(b"x")))
    assert told(sent) == (413, "This request is larger than 10000 bytes, which nothing here is.")
    assert application.asked == []


def test_what_is_as_large_as_it_may_be_is_read(limits: Callable[..., None]) -> None:
    limits(request_body_max_bytes=10_000)
    sent = asyncio.run(answer_to(Gate(Application()), request(), part(b"x" * 10_000, more=False)))
    assert told(sent) == (200, "x" * 10_000)


def test_what_announces_itself_too_large_is_not_read_at_all_and_gets_the_page(
    limits: Callable[..., None],
) -> None:
    limits(request_body_max_bytes=10_000)
    application = Application()
    scope = request("/", OWN, (b"content-length", b"10001"))

    async def attack() -> list[Message]:
        never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        return await answer_to(Gate(application), scope, never)

    assert told(asyncio.run(attack())) == (200, "")
    assert application.asked[0]["CONTENT_LENGTH"] == "10001"


def test_nobody_is_answered_who_has_gone(limits: Callable[..., None]) -> None:
    application = Application()
    assert asyncio.run(answer_to(Gate(application), request(), {"type": "http.disconnect"})) == []
    assert application.asked == []


def test_a_header_with_an_underscore_is_not_taken_for_the_proxys(limits: Callable[..., None]) -> None:
    application = Application()
    scope = request("/", OWN, (b"x_forwarded_for", b"192.0.2.66"), (b"x-forwarded-for", b"192.0.2.7"))
    asyncio.run(answer_to(Gate(application), scope))
    assert application.asked[0]["HTTP_X_FORWARDED_FOR"] == "192.0.2.7"


# --- Threads of their own ------------------------------------------------------------------------------

AUTOCONFIG = "/mail/config-v1.1.xml"


@asynccontextmanager
async def held(gate: Gate, application: Application, *scopes: Message) -> AsyncIterator[list[Any]]:
    """While this lasts, the first of these requests is held in its thread."""
    tasks = [asyncio.create_task(answer_to(gate, scope)) for scope in scopes]
    assert await asyncio.to_thread(application.begun.acquire, timeout=PATIENCE_SECONDS)
    try:
        yield tasks
    finally:
        application.released.set()
        await asyncio.gather(*tasks)


@pytest.mark.parametrize(
    ("waiting", "asking"),
    [
        (request(AUTOCONFIG), request("/accounts/login/")),
        (request("/anything", FOREIGN), request("/accounts/login/")),
        (request("/anything", "[not a host"), request("/accounts/login/")),
        (request("/anything", f"{FOREIGN}:8000"), request("/accounts/login/", f"{OWN.upper()}:8000")),
        (request("/accounts/login/"), request(AUTOCONFIG)),
        (request("/accounts/login/"), request("/accounts/login/", FOREIGN)),
    ],
)
def test_people_and_programs_do_not_wait_for_each_other(
    limits: Callable[..., None], waiting: Message, asking: Message
) -> None:
    application = Application(waiting["path"] if waiting["path"] != asking["path"] else "/accounts/login/")
    gate = Gate(application)

    async def attack() -> list[Message]:
        async with held(gate, application, waiting):
            application.held = ()
            return await asyncio.wait_for(answer_to(gate, asking), PATIENCE_SECONDS)

    assert told(asyncio.run(attack()))[0] == 200


def whose(client: str, *forwarded: bytes) -> Message:
    headers = [(b"x-forwarded-for", each) for each in forwarded]
    return {**request("/", OWN, *headers), "client": (client, 50000)}


@pytest.mark.parametrize(
    ("proxies", "first", "second", "shared"),
    [
        (0, whose("192.0.2.1"), whose("192.0.2.1"), True),
        (0, whose("192.0.2.1"), whose("192.0.2.2"), False),
        # Nobody in front says who asks, so a sender can't either.
        (0, whose("192.0.2.1", b"198.51.100.1"), whose("192.0.2.1", b"198.51.100.2"), True),
        (1, whose("192.0.2.1", b"198.51.100.1"), whose("192.0.2.1", b"198.51.100.2"), False),
        (1, whose("192.0.2.1", b"1.1.1.1, 198.51.100.1"), whose("192.0.2.1", b"1.1.1.2, 198.51.100.1"), True),
        (1, whose("192.0.2.1", b"1.1.1.1", b"198.51.100.1"), whose("192.0.2.1", b"198.51.100.1"), True),
        (
            2,
            whose("192.0.2.1", b"198.51.100.1, 10.0.0.1"),
            whose("192.0.2.2", b"198.51.100.1, 10.0.0.2"),
            True,
        ),
        (2, whose("192.0.2.1", b"198.51.100.1"), whose("192.0.2.1", b"198.51.100.1"), True),
        # One line has a whole network of IPv6.
        (0, whose("2001:db8:0:1::1"), whose("2001:db8:0:1:ffff::1"), True),
        (0, whose("2001:db8:0:1::1"), whose("2001:db8:0:2::1"), False),
        (0, whose("not an address"), whose("not an address"), True),
    ],
)
def test_what_one_address_asks_waits_for_its_own_and_lets_others_by(
    limits: Callable[..., None],
    settings: Settings,
    proxies: int,
    first: Message,
    second: Message,
    shared: bool,
) -> None:
    limits(people_threads_count=2, sender_threads_count=1)
    settings.TRUSTED_PROXY_COUNT = proxies
    application = Application("/")
    gate = Gate(application)

    async def crowd() -> bool:
        async with held(gate, application, first):
            application.held = ()
            other = asyncio.create_task(answer_to(gate, second))
            # A third one, of somebody else, shows that there is a thread.
            await asyncio.wait_for(answer_to(gate, whose("203.0.113.1", b"203.0.113.1")), PATIENCE_SECONDS)
            waits = not other.done()
        await other
        return waits

    assert asyncio.run(crowd()) is shared


@pytest.mark.parametrize("limit", [{"requests_limit": 2}, {"sender_requests_limit": 2}])
def test_whoever_is_too_many_is_told_at_once_and_nobody_later(
    limits: Callable[..., None], limit: dict[str, int]
) -> None:
    limits(**limit)
    application = Application("/")
    gate = Gate(application)

    async def crowd() -> tuple[list[Message], list[Message]]:
        async with held(gate, application, request(), request()) as inside:
            turned_away = await asyncio.wait_for(answer_to(gate, request()), PATIENCE_SECONDS)
        assert [told(task.result())[0] for task in inside] == [200, 200]
        return turned_away, await answer_to(gate, request())

    turned_away, later = asyncio.run(crowd())
    assert told(turned_away) == (503, "Too many are asking at once. Please try again in a moment.")
    assert headers_of(turned_away)[b"retry-after"] == b"5"
    assert told(later)[0] == 200


def test_one_address_alone_does_not_get_the_others_turned_away(limits: Callable[..., None]) -> None:
    limits(people_threads_count=2, sender_threads_count=1, sender_requests_limit=2, requests_limit=3)
    application = Application("/")
    gate = Gate(application)

    async def crowd() -> list[list[Message]]:
        async with held(gate, application, request(), request()):
            application.held = ()
            return [
                await asyncio.wait_for(answer_to(gate, each), PATIENCE_SECONDS)
                for each in (request(), request(), request(), whose("192.0.2.99"))
            ]

    assert [told(sent)[0] for sent in asyncio.run(crowd())] == [503, 503, 503, 200]


@pytest.mark.parametrize(
    ("status", "answered"), [("429 Too Many Requests", 2), ("404 Not Found", 3), ("200 OK", 3)]
)
def test_a_crowd_that_is_refused_goes_on_later_and_others_at_once(
    limits: Callable[..., None], status: str, answered: int
) -> None:
    limits(people_threads_count=2, sender_threads_count=1, refused_wait_seconds=PATIENCE_SECONDS)
    application = Application()
    application.status = status
    gate = Gate(application)

    def of_the_crowd() -> int:
        return sum(asked["REMOTE_ADDR"] == "192.0.2.1" for asked in application.asked)

    async def crowd() -> int:
        tasks = [asyncio.create_task(answer_to(gate, request())) for _ in range(3)]
        strangers = 0
        # Strangers' pages are the clock: ten more, once the crowd has had the turns that it should have.
        while of_the_crowd() < answered or strangers < 10:
            await asyncio.wait_for(answer_to(gate, whose("192.0.2.99")), PATIENCE_SECONDS)
            strangers += of_the_crowd() >= answered
        for task in tasks:
            task.cancel()
        return of_the_crowd()

    assert asyncio.run(asyncio.wait_for(crowd(), PATIENCE_SECONDS)) == answered


def test_whoever_waits_after_a_refusal_takes_no_place_of_others(limits: Callable[..., None]) -> None:
    limits(
        people_threads_count=2,
        sender_threads_count=1,
        requests_limit=2,
        refused_wait_seconds=PATIENCE_SECONDS,
    )
    application = Application()
    application.status = "429 Too Many Requests"
    gate = Gate(application)

    async def crowd() -> None:
        first, second = [asyncio.create_task(answer_to(gate, request())) for _ in range(2)]
        await first
        statuses = {503}
        # As soon as the second of the crowd has its answer, there is room for two others.
        while 503 in statuses:
            others = [answer_to(gate, whose(f"192.0.2.{number}")) for number in (98, 99)]
            statuses = {told(sent)[0] for sent in await asyncio.gather(*others)}
        assert not second.done(), "it still waits"
        second.cancel()

    asyncio.run(asyncio.wait_for(crowd(), PATIENCE_SECONDS / 2))


# --- Whose turn it is ----------------------------------------------------------------------------------


def form_of(visitor: bytes) -> Message:
    return request("/test/", OWN, (b"cookie", b"theme=dark; csrftoken=" + visitor))


def turn_of(cookie: bytes, host: str = OWN, method: str = "GET") -> Message:
    return {**request("/turn/", host, (b"cookie", cookie)), "method": method}


@pytest.mark.parametrize(
    ("asking", "said"),
    [
        (turn_of(b"csrftoken=anna"), "You’re next. Starting…"),
        (turn_of(b"csrftoken=bo; sessionid=x"), "Waiting: 1 other is before you…"),
        (turn_of(b"csrftoken=cleo"), "Waiting: 3 others are before you…"),
        (turn_of(b"csrftoken=stranger"), ""),
        (turn_of(b"csrftoken="), ""),
        (turn_of(b"sessionid=anna"), ""),
    ],
)
def test_who_has_sent_a_form_learns_without_a_thread_how_many_are_before_them(
    limits: Callable[..., None], asking: Message, said: str
) -> None:
    application = Application("/test/")
    gate = Gate(application)
    page = {**form_of(b"cleo"), "method": "GET"}

    async def crowd() -> tuple[list[Message], list[Message]]:
        forms = (form_of(b"anna"), form_of(b"bo"), page, form_of(b"cleo"))
        async with held(gate, application, *forms):
            sent = await asyncio.wait_for(answer_to(gate, asking), PATIENCE_SECONDS)
        return sent, await answer_to(gate, asking)

    sent, afterwards = asyncio.run(crowd())
    status, text = told(sent)
    assert status == (200 if said else 204)
    assert strip_tags(text).strip() == said
    assert headers_of(sent)[b"cache-control"] == b"private, no-store"
    assert b"content-security-policy" in headers_of(sent)
    assert told(afterwards) == (204, "")


@pytest.mark.parametrize("scope", [turn_of(b"", FOREIGN), turn_of(b"csrftoken=anna", method="POST")])
def test_under_another_name_or_by_another_method_djangos_answer_counts(
    limits: Callable[..., None], scope: Message
) -> None:
    assert len(ask(scope)[1].asked) == 1


def test_where_no_gate_stands_in_front_nobody_waits(client: Client) -> None:
    assert client.get("/turn/").status_code == 204


# --- What is known already -----------------------------------------------------------------------------

AUTOCONFIG_HOST = "autoconfig.example.com"


def get(
    query: bytes, *headers: tuple[bytes, bytes], host: str = AUTOCONFIG_HOST, method: str = "GET"
) -> Message:
    return {**request(AUTOCONFIG, host, *headers), "method": method, "query_string": query}


@pytest.fixture
def by_django(indexed: None, client: Client) -> HttpResponse:
    """What Django says of the settings of Anna."""
    return client.get(AUTOCONFIG, {"emailaddress": "anna@example.com"}, headers={"host": AUTOCONFIG_HOST})


def ask(scope: Message) -> tuple[list[Message], Application]:
    application = Application()
    return asyncio.run(answer_to(Gate(application), scope)), application


@pytest.mark.django_db
def test_what_is_known_needs_no_thread_and_is_the_same(by_django: HttpResponse) -> None:
    sent, application = ask(get(b"emailaddress=anna%40example.com"))
    assert application.asked == []
    assert told(sent) == (200, by_django.content.decode())
    expected = {name.lower(): value for name, value in by_django.headers.items()}
    # It is in one language and the same for all who ask.
    expected = {name: value for name, value in expected.items() if name not in ("vary", "content-language")}
    assert {name.decode(): value.decode() for name, value in headers_of(sent).items()} == expected


@pytest.mark.django_db
def test_another_mailbox_of_the_domain_is_known_with_it(by_django: HttpResponse) -> None:
    sent, application = ask(get(b"emailaddress=bo%40example.com"))
    assert application.asked == []
    assert told(sent) == (200, by_django.content.decode().replace("anna@", "bo@"))


@pytest.mark.django_db
def test_a_program_that_has_it_and_one_that_wants_the_headers(by_django: HttpResponse) -> None:
    etag = (b"if-none-match", by_django["ETag"].encode())
    assert told(ask(get(b"emailaddress=anna%40example.com", etag))[0]) == (304, "")
    sent, _ = ask(get(b"emailaddress=anna%40example.com", method="HEAD"))
    assert told(sent) == (200, "")
    assert headers_of(sent)[b"content-length"] == str(len(by_django.content)).encode()


@pytest.mark.django_db
def test_a_strangers_name_is_known_as_one(
    indexed: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailsetup.hosting.selectors._cached_mx_hosts", lambda _name: ())
    by_django = client.get(AUTOCONFIG, {"emailaddress": "x@nowhere.example"})
    sent, application = ask(get(b"emailaddress=x%40nowhere.example"))
    assert application.asked == []
    assert told(sent) == (404, by_django.content.decode())
    assert headers_of(sent)[b"cache-control"] == by_django["Cache-Control"].encode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "scope",
    [
        get(b"emailaddress=anna%40unheard-of.example"),
        get(b"emailaddress=nothing"),
        get(b"emailaddress=anna%40example.com", method="POST"),
        get(b"emailaddress=anna%40example.com", method="OPTIONS"),
        {**get(b"emailaddress=anna%40example.com"), "path": "/mail/config-v1.2.xml"},
    ],
)
def test_everything_else_is_djangos(by_django: HttpResponse, scope: Message) -> None:
    _, application = ask(scope)
    assert len(application.asked) == 1


@pytest.mark.django_db
def test_under_the_own_name_django_adds_what_browsers_remember(
    by_django: HttpResponse, settings: Settings
) -> None:
    settings.SECURE_HSTS_SECONDS = 3600
    assert len(ask(get(b"emailaddress=anna%40example.com", host=OWN))[1].asked) == 1
    assert ask(get(b"emailaddress=anna%40example.com"))[1].asked == []


@pytest.mark.django_db
def test_autodiscover_needs_no_thread_either_and_is_the_same(provider: None, client: Client) -> None:
    host, path = "autodiscover.example.com", "/AutoDiscover/AutoDiscover.xml"
    by_django = client.post(path, ASKED, content_type="text/xml", headers={"host": host})
    follower.look()
    try:
        application = Application()
        body = part(ASKED.encode(), more=False)
        sent = asyncio.run(answer_to(Gate(application), request(path, host), body))
        stranger = part(ASKED.replace("example.com", "stranger.example").encode(), more=False)
        asyncio.run(answer_to(Gate(application), request(path, host), stranger))
    finally:
        follower.index = None
    assert told(sent) == (200, by_django.content.decode())
    expected = {name.lower(): value for name, value in by_django.headers.items()}
    expected = {name: value for name, value in expected.items() if name not in ("vary", "content-language")}
    assert {name.decode(): value.decode() for name, value in headers_of(sent).items()} == expected
    assert len(application.asked) == 1, "only the stranger's question needs a thread"
