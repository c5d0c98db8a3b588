"""The support desk. Its pages have names that begin with "desk": accounts.middleware asks a second factor."""

from django.urls import path

from mailsetup.connection_tests import urls as connection_tests  # noqa: F401  # registers <reference:…>
from mailsetup.support.views import addresses, customers, reports, search

_OF_ADDRESS = "desk/addresses/<str:address>/"

urlpatterns = [
    path("desk/", search.search, name="desk"),
    path("desk/tests/<reference:reference>/", reports.test, name="desk_test"),
    path("desk/tests/<reference:reference>/share/", reports.share_test, name="desk_share_test"),
    path("desk/tests/links/<int:link_id>/revoke/", reports.revoke_share, name="desk_revoke_share"),
    path(_OF_ADDRESS, addresses.address, name="desk_address"),
    path(f"{_OF_ADDRESS}link/", addresses.make_link, name="desk_make_link"),
    path(f"{_OF_ADDRESS}test/", addresses.start_test, name="desk_start_test"),
    path(f"{_OF_ADDRESS}visit/", addresses.visit_from_address, name="desk_address_visit"),
    path(
        f"{_OF_ADDRESS}files/<slug:slug>/<slug:protocol>/",
        addresses.document,
        name="desk_document",
    ),
    path(f"{_OF_ADDRESS}guides/<slug:client>/<slug:protocol>/", addresses.guide, name="desk_guide"),
    path("desk/links/<int:link_id>/revoke/", addresses.revoke_link, name="desk_revoke_link"),
    path("desk/domains/<str:name>/", addresses.domain, name="desk_domain"),
    path("desk/domains/<str:name>/visit/", addresses.visit_from_domain, name="desk_domain_visit"),
    path("desk/customers/<int:customer_id>/", customers.customer, name="desk_customer"),
    path(
        "desk/customers/<int:customer_id>/visit/", customers.visit_from_customer, name="desk_customer_visit"
    ),
    path(
        "desk/invitations/<int:invitation_id>/send/", customers.send_invitation, name="desk_send_invitation"
    ),
]
