"""The provider file: idempotent, all or nothing, and every mistake is named by its JSON path."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Membership, User
from mailsetup.clientconfig import Protocol, resolve
from mailsetup.connection_tests import selectors as tests
from mailsetup.connection_tests import services
from mailsetup.hosting import selectors
from mailsetup.hosting.models import Domain, DomainAlias, Mailbox, Server
from mailsetup.hosting.provisioning import provision
from mailsetup.hosting.provisioning.file import (
    CustomerEntry,
    DomainEntry,
    ProviderFileError,
    ServerEntry,
    ServiceEntry,
)
from mailsetup.setup_links.selectors import LinkGone, open_link
from mailsetup.setup_links.services import create_setup_link
from tests.provider import setup_of

pytestmark = pytest.mark.django_db
File = dict[str, Any]


def stored(file: File, **options: bool) -> dict[str, list[str]]:
    return provision(json.dumps(file).encode(), **options).as_dict()


def test_a_file_is_stored_and_a_second_time_changes_nothing(provider_file: File) -> None:
    first = stored(provider_file)
    assert "domain example.com" in first["added"]
    assert Domain.objects.get(name="example.com").aliases.get().name == "example.net"
    assert Membership.objects.get(user__email="owner@lindqvist.example").role == "owner"

    second = stored(provider_file)
    assert second["added"] == []
    assert second["changed"] == []
    assert "domain example.com" in second["unchanged"]


def test_a_changed_port_changes_the_server_only(provider_file: File) -> None:
    stored(provider_file)
    provider_file["servers"][0]["services"][0]["port"] = 1993
    changes = stored(provider_file)
    assert changes["changed"] == ["server smarter1"]
    assert Server.objects.get().services.first().port == 1993


def test_names_that_left_the_file_leave_the_domain(provider_file: File) -> None:
    stored(provider_file)
    provider_file["domains"][0] |= {"aliases": [], "mailboxes": ["new@example.com"]}
    stored(provider_file)
    assert not DomainAlias.objects.exists()
    assert [mailbox.address for mailbox in Mailbox.objects.all()] == ["new@example.com"]


def test_a_dry_run_stores_nothing(provider_file: File) -> None:
    assert "domain example.com" in stored(provider_file, dry_run=True)["added"]
    assert not Domain.objects.exists()


def test_names_in_any_script_are_stored_as_a_labels(provider_file: File) -> None:
    provider_file["domains"][0] |= {
        "name": "BÜCHER.example",
        "aliases": [],
        "mailboxes": ["anna@bücher.example"],
    }
    stored(provider_file)
    domain = Domain.objects.get(name="xn--bcher-kva.example")
    assert domain.display_name == "bücher.example"
    assert domain.mailboxes.get().local_part == "anna"


def change(path: list[Any], value: Any) -> Callable[[File], None]:
    def apply(file: File) -> None:
        place: Any = file
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return apply


WRONG = {
    "unknown key": (change(["domains", 0, "colour"], "red"), "domains[0].colour"),
    "unknown key at the top": (change(["domain"], []), "domain"),
    "wrong type": (change(["servers", 0, "services", 0, "port"], "993"), "servers[0].services[0].port"),
    "port out of range": (
        change(["servers", 0, "services", 0, "port"], 70000),
        "servers[0].services[0].port",
    ),
    "unknown socket type": (
        change(["servers", 0, "services", 0, "socket_type"], "ssl"),
        "servers[0].services[0].socket_type",
    ),
    "unknown server": (change(["domains", 1, "server"], "nowhere"), "domains[1].server"),
    "unknown customer": (change(["domains", 1, "customer"], "whmcs:0"), "domains[1].customer"),
    "duplicate domain": (change(["domains", 1, "name"], "Example.COM"), "domains[1].name"),
    "alias that is a domain": (change(["domains", 1, "aliases"], ["example.com"]), "domains[1].aliases[0]"),
    "submission on port 25": (
        change(["servers", 0, "services", 2, "port"], 25),
        "servers[0].services[2].port",
    ),
    "mailbox of another domain": (
        change(["domains", 0, "mailboxes"], ["a@b.example"]),
        "domains[0].mailboxes[0]",
    ),
    "user without @": (change(["customers", 0, "users"], ["anna"]), "customers[0].users[0]"),
    "no domain name": (change(["domains", 0, "name"], "no spaces allowed"), "domains[0].name"),
    "duplicate server": (lambda file: file["servers"].append(file["servers"][0]), "servers[1].name"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_refused_with_its_path_and_nothing_is_stored(name: str, provider_file: File) -> None:
    spoil, path = WRONG[name]
    spoil(provider_file)
    with pytest.raises(ProviderFileError) as error:
        stored(provider_file)
    assert error.value.path == path
    assert str(error.value).startswith(f"{path}: ")
    assert not Server.objects.exists()
    assert not User.objects.exists()


def test_an_alias_of_one_domain_cannot_become_another_domain(provider_file: File) -> None:
    stored(provider_file)
    with pytest.raises(ProviderFileError, match=r"^domains\[0\].name: example.net is already an alias"):
        stored({"domains": [{"name": "example.net", "server": "smarter1"}]})


def test_what_is_not_json_is_said_in_a_sentence() -> None:
    with pytest.raises(ProviderFileError, match="This is not JSON"):
        provision(b'{"domains": [')


def test_a_domain_that_changes_hands_leaves_its_history_behind(
    provider: None, provider_file: dict[str, Any]
) -> None:
    """The new customer sees no test of the old one, and the old one's links open nothing."""
    domain = Domain.objects.get(name="example.com")
    old, new = (
        User.objects.get(email=f"{name}.example") for name in ("owner@lindqvist", "stranger@elsewhere")
    )
    setup = setup_of(old, "anna@example.com")
    config = resolve(setup.address, setup.hosting, Protocol.IMAP)
    test = services.start_connection_test(setup, config, password="", key="", round_trip=False)
    _link, token = create_setup_link(setup, lifetime=timedelta(hours=1))
    provider_file["domains"][0]["customer"] = "whmcs:9"
    provision(json.dumps(provider_file).encode())
    assert domain in selectors.domains_of(new)
    assert test not in tests.tests_of(new)
    with pytest.raises(LinkGone):
        open_link(token, "")


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [
        ("services[0].", "hostname", "mail example.com"),
        ("services[0].", "hostname", "mail.example.com\r\nX: y"),
        ("services[0].", "hostname", "mail.example.com\0"),
        ("services[0].", "username", "anna\r\nNOOP"),
        ("services[0].", "username", "anna\0"),
        ("", "webmail_url", "javascript:alert(1)"),
        ("", "password_url", "javascript:alert(1)"),
        ("", "caldav_url", "ftp://dav.example.com/"),
        ("", "carddav_url", "dav.example.com"),
        ("", "activesync_url", "javascript:alert(1)"),
    ],
)
def test_what_would_break_a_command_or_a_page_is_refused(
    provider_file: File, place: str, key: str, value: str
) -> None:
    server = provider_file["servers"][0]
    (server["services"][0] if place else server)[key] = value
    with pytest.raises(ProviderFileError) as refusal:
        stored(provider_file)
    assert refusal.value.path == f"servers[0].{place}{key}"
    assert not Server.objects.exists()


def test_a_host_name_in_its_own_script_is_stored_as_a_labels(provider_file: File) -> None:
    provider_file["servers"][0]["services"][0]["hostname"] = "post.bücher.example"
    stored(provider_file)
    names = [service.hostname for service in Server.objects.get().services.all()]
    assert names[:2] == ["post.xn--bcher-kva.example", "mail.%EMAILDOMAIN%"]


def test_the_web_addresses_of_a_server(provider_file: File) -> None:
    wanted = {
        f"{kind}_url": f"https://{kind}.%EMAILDOMAIN%/"
        for kind in ("password", "caldav", "carddav", "activesync")
    }
    provider_file["servers"][0] |= wanted
    stored(provider_file)
    server = Server.objects.get()
    assert {key: getattr(server, key) for key in wanted} == wanted
    assert stored(provider_file)["changed"] == []


def test_the_example_in_the_documentation_can_be_stored_and_its_keys_are_those_of_the_table() -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    stored(json.loads((docs / "provider.json").read_text(encoding="utf-8")))
    told = set(
        re.findall(r"`(?:\w+\[\]\.)?(\w+)(?:\[\])?`", (docs / "provider-file.md").read_text(encoding="utf-8"))
    )
    structs = (CustomerEntry, ServerEntry, ServiceEntry, DomainEntry)
    assert {name for struct in structs for name in struct.__struct_fields__} <= told
