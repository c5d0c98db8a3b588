"""The commands as scripts call them: one JSON document, plain sentences on stderr, exit codes 0, 1 and 2."""

import io
import json
import plistlib
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.core.management import ManagementUtility, call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.brands import installation_brand
from accounts.models import Customer, User
from accounts.services import replace_addresses
from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep
from mailsetup.hosting.models import Domain
from mailsetup.hosting.provisioning import provision
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.selectors import open_link
from tests.faults import closed_port

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error: what a shell sees."""
    code = 0
    try:
        ManagementUtility(["manage.py", *arguments]).execute()
    except SystemExit as leave:
        code = int(leave.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_client_config_as_json(provider: None, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(capsys, "client_config", "Anna@Example.net", "--protocol", "pop3", "--json")
    document = json.loads(out)
    assert code == 0
    assert list(document) == [
        "address",
        "domain",
        "source",
        "display_name",
        "protocol",
        "incoming",
        "outgoing",
        "alternatives",
        "webmail_url",
    ]
    assert (document["address"], document["source"]) == ("anna@example.net", "alias")
    assert document["incoming"]["port"] == 995


@pytest.mark.parametrize(
    "arguments",
    [
        ["client_config", "anna@unknown.example"],
        ["client_config", "anna"],
        ["client_config", "x" * 300 + "@example.com"],
        ["setup_link", "anna@unknown.example"],
        ["test_connection", "anna@unknown.example", "--json"],
        ["render", "autoconfig", "anna@unknown.example"],
    ],
)
def test_what_is_bad_is_one_sentence_and_exit_1(
    provider: None, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert err.strip().endswith(".")


@pytest.mark.parametrize(
    "arguments",
    [
        ["client_config"],
        ["client_config", "anna@example.com", "--protocol", "smtp"],
        ["client_config", "anna@example.com", "--colour"],
        ["setup_link", "anna@example.com", "--hours", "0"],
        ["render", "nonsense", "anna@example.com"],
        ["render"],
        ["provision", "/nowhere/provider.json"],
        ["test_connection", "anna@example.com", "--round-trip"],
        ["test_connection", "anna@example.com", "--password-file", "/nowhere/password"],
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_2(
    provider: None, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


def test_provision_says_what_it_did(
    db: None, provider_file: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "provider.json"
    file.write_text(json.dumps(provider_file))
    code, out, _err = run(capsys, "provision", str(file), "--dry-run", "--json")
    assert code == 0
    assert json.loads(out)["dry_run"] is True
    assert not Domain.objects.exists()
    run(capsys, "provision", str(file))
    _code, out, _err = run(capsys, "provision", str(file))
    assert out.splitlines()[:2] == ["added: 0", "changed: 0"]


def test_provision_refuses_with_the_path(
    db: None, provider_file: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    provider_file["domains"][1]["server"] = "nowhere"
    file = tmp_path / "provider.json"
    file.write_text(json.dumps(provider_file))
    code, _out, err = run(capsys, "provision", str(file))
    assert code == 1
    assert err.startswith("domains[1].server: ")


def test_setup_link_prints_a_link_that_works(
    provider: None, capsys: pytest.CaptureFixture[str], client: Any
) -> None:
    code, out, _err = run(capsys, "setup_link", "anna@example.com", "--hours", "2")
    path = out.strip().partition("/s/")[2]
    assert code == 0
    assert client.get(f"/s/{path}").status_code == 200
    assert open_link(path.rstrip("/"), "") == SetupLink.objects.get()


def test_guides_lists_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    _code, out, _err = run(capsys, "guides", "--json")
    guides = {guide["slug"]: guide for guide in json.loads(out)}
    assert set(guides) >= {"windows-live-mail", "apple-mail-iphone", "thunderbird", "other"}
    assert set(guides["thunderbird"]) >= {"slug", "name", "platforms", "protocols", "status", "evidence"}


def test_render_prints_what_the_addresses_serve(provider: None, client: Any, tmp_path: Path) -> None:
    file = tmp_path / "out"
    call_command("render", "autoconfig", "anna@example.com", output=str(file))
    served = client.get("/mail/config-v1.1.xml", {"emailaddress": "anna@example.com"}).content
    assert file.read_bytes() == served
    call_command("render", "mobileconfig", "anna@example.com", protocol="pop3", output=str(file))
    assert plistlib.loads(file.read_bytes())["PayloadContent"][0]["EmailAccountType"] == "EmailTypePOP"


def test_test_connection_reports_each_step(
    provider: None, provider_file: dict[str, Any], settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing listens: both services are refused, and the cause is said once."""
    settings.PROBE_HOSTS = {"mail.example.com": ("127.0.0.1",)}
    settings.PROBE_ALLOWED_NETWORKS = (ip_network("127.0.0.0/8"),)
    for service in provider_file["servers"][0]["services"]:
        service["port"] = closed_port()
    provision(json.dumps(provider_file).encode())
    code, out, _err = run(capsys, "test_connection", "anna@example.com", "--json")
    report = json.loads(out)
    assert (code, report["verdict"], report["causes"]) == (1, "failed", ["tcp_refused"])
    assert [service["type"] for service in report["services"]] == ["imap", "smtp"]
    steps = report["services"][0]["steps"]
    assert [step["step"] for step in steps[:2]] == ["dns", "connect"]
    assert (steps[1]["status"], steps[1]["code"]) == ("failed", "tcp_refused")
    assert {step["status"] for step in steps[2:]} == {"skipped"}


def test_load_demo_is_for_an_empty_database(provider: None) -> None:
    with pytest.raises(CommandError, match="--force"):
        call_command("load_demo", stdout=io.StringIO())


def test_load_demo_finds_its_customer_by_the_address_that_they_changed_to(db: None) -> None:
    call_command("load_demo", stdout=io.StringIO())
    anna = User.objects.get(email="anna@lindqvist.example")
    replace_addresses(anna, "anna@new.example", brand=installation_brand())

    said = io.StringIO()
    call_command("load_demo", "--force", stdout=said)

    assert not User.objects.filter(email="anna@lindqvist.example").exists()
    assert Customer.objects.get(name="Lindqvist AB").users.get() == anna
    assert said.getvalue().startswith("Customer: anna@new.example\n")


def test_prune_deletes_what_is_old(provider: None, capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    run(capsys, "setup_link", "anna@example.com")
    assert settings.CONNECTION_TESTS.history_days == 90
    run(capsys, "prune")
    assert SetupLink.objects.exists()
    SetupLink.objects.update(expires_at=timezone.now() - timedelta(days=91))
    _code, out, _err = run(capsys, "prune", "--json")
    assert json.loads(out)["setup_links"] == 1


def test_prune_counts_tests_and_not_their_steps(
    provider: None, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    assert settings.CONNECTION_TESTS.history_days == 90
    long_ago = timezone.now() - timedelta(days=91)
    test = ConnectionTest.objects.create(
        reference="AAAA-BBBB", address="anna@example.com", protocol="imap", state="done", created_at=long_ago
    )
    for step in ("dns", "connect"):
        ConnectionTestStep.objects.create(test=test, service=0, step=step, status="passed", code="ok")
    _code, out, _err = run(capsys, "prune", "--json")
    assert json.loads(out)["connection_tests"] == 1
