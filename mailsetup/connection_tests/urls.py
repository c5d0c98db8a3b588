"""Tests of a signed-in person, and of whoever holds a set-up link."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from mailsetup.connection_tests.views import progress, results, sharing, start


class ReferenceConverter(StringConverter):
    """Whatever doesn't look like a reference never gets to the database: PostgreSQL breaks on a NUL."""

    regex = "[0-9A-Za-z]{4}-[0-9A-Za-z]{4}"


class WrittenConverter(StringConverter):
    """The forms in which a report can be taken along."""

    regex = "txt|json"


register_converter(ReferenceConverter, "reference")
register_converter(WrittenConverter, "written")

urlpatterns = [
    path("tests/", progress.history, name="history"),
    path("tests/<reference:reference>/", progress.test, name="test"),
    path("tests/<reference:reference>/cancel/", progress.cancel_test, name="cancel_test"),
    path("tests/<reference:reference>/share/", sharing.share_test, name="share_test"),
    path("tests/links/<int:link_id>/revoke/", sharing.revoke_share, name="revoke_share"),
    path("tests/<reference:reference>/report.<written:form>", results.written_test, name="written_test"),
    path("s/<str:token>/tests/<reference:reference>/", progress.link_test, name="test"),
    path("s/<str:token>/tests/<reference:reference>/cancel/", progress.cancel_link_test, name="cancel_test"),
    path(
        "s/<str:token>/tests/<reference:reference>/report.<written:form>",
        results.written_link_test,
        name="written_test",
    ),
    path("report/<str:key>/", results.shared_test, name="shared_test"),
]

# Below one address: mailsetup.urls.
setup_urlpatterns = [path("test/", start.start_test, name="start_test")]
