"""People, invitations and support's visits; everything else below /accounts/ is django-allauth."""

from django.urls import path

from accounts.views import invitations, names, people, sessions, support

app_name = "accounts"
urlpatterns = [
    path("name/", names.name, name="name"),
    path("sessions/<int:session_id>/end/", sessions.end, name="end_session"),
    path("people/", people.people, name="people"),
    path("people/customers/<int:customer_id>/invite/", people.invite, name="invite"),
    path("people/memberships/<int:membership_id>/role/", people.change_role, name="change_role"),
    path("people/memberships/<int:membership_id>/remove/", people.remove_member, name="remove_member"),
    path("people/removals/<int:removal_id>/undo/", people.undo_removal, name="undo_removal"),
    path("people/invitations/<int:invitation_id>/end/", people.revoke_invitation, name="revoke_invitation"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("view-as/end/", support.EndView.as_view(), name="view_as_end"),
    path("view-as/<int:user_id>/", support.ViewAsCustomer.as_view(), name="view_as"),
]
