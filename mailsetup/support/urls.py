"""The support desk. Its pages have names that begin with "desk": accounts.middleware asks a second factor."""

from django.urls import path

from mailsetup.connection_tests import urls as connection_tests  # noqa: F401  # registers <reference:…>
from mailsetup.support import views

_OF_ADDRESS = "desk/addresses/<str:address>/"

urlpatterns = [
    path("desk/", views.search, name="desk"),
    path("desk/tests/<reference:reference>/", views.test, name="desk_test"),
    path("desk/tests/<reference:reference>/share/", views.share_test, name="desk_share_test"),
    path("desk/tests/links/<int:link_id>/revoke/", views.revoke_share, name="desk_revoke_share"),
    path(_OF_ADDRESS, views.address, name="desk_address"),
    path(f"{_OF_ADDRESS}link/", views.make_link, name="desk_make_link"),
    path(f"{_OF_ADDRESS}test/", views.start_test, name="desk_start_test"),
    path(f"{_OF_ADDRESS}visit/", views.visit_from_address, name="desk_address_visit"),
    path(
        f"{_OF_ADDRESS}files/<slug:slug>/<slug:protocol>/",
        views.document,
        name="desk_document",
    ),
    path(f"{_OF_ADDRESS}guides/<slug:client>/<slug:protocol>/", views.guide, name="desk_guide"),
    path("desk/links/<int:link_id>/revoke/", views.revoke_link, name="desk_revoke_link"),
    path("desk/domains/<str:name>/", views.domain, name="desk_domain"),
    path("desk/domains/<str:name>/visit/", views.visit_from_domain, name="desk_domain_visit"),
    path("desk/customers/<int:customer_id>/", views.customer, name="desk_customer"),
    path("desk/customers/<int:customer_id>/visit/", views.visit_from_customer, name="desk_customer_visit"),
    path("desk/invitations/<int:invitation_id>/send/", views.send_invitation, name="desk_send_invitation"),
]
