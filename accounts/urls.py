"""People of a customer, invitations, and support's visits; sign-in itself is django-allauth's."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("people/", views.people, name="people"),
]
