"""Nobody uploads anything here."""

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_file_in_a_form_is_read_past(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    # Django's own handlers would put this onto the disk.
    file = SimpleUploadedFile("large.bin", b"x" * 1_000_000)
    answer = client.post("/accounts/login/", {"login": "nobody@example.com", "file": file})
    assert answer.status_code == 200
    assert not answer.wsgi_request.FILES
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("size", "status"), [(1_048_576, 200), (1_048_577, 413)])
def test_a_form_has_a_mebibyte_at_most(client: Client, size: int, status: int) -> None:
    answer = client.post("/accounts/login/", b"x" * size, content_type="application/octet-stream")
    assert answer.status_code == status
    assert ("What was sent is larger than any form here." in answer.content.decode()) is (status == 413)


def test_what_is_too_large_is_not_read(client: Client) -> None:
    answer = client.post(
        "/accounts/login/",
        b"login=",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="300000000",
    )
    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"
