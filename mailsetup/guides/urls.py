"""The guide of a domain for anybody, and the guides below one address: mailsetup.urls."""

from django.urls import path

from mailsetup.guides import views

urlpatterns = [
    path("guide/<str:domain>/", views.public_guide, name="public_guide"),
]

setup_urlpatterns = [
    path("<slug:client>/<slug:protocol>/", views.guide, name="guide"),
    path("<slug:client>/<slug:protocol>/steps.txt", views.steps_as_text, name="steps_as_text"),
    path("<slug:client>/<slug:protocol>/print/", views.print_steps, name="print_steps"),
    path("<slug:client>/<slug:protocol>/send/", views.send_steps, name="send_steps"),
]
