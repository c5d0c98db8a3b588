"""The admin's front page by the tasks of people, and under the provider's name."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.brands import brand_of

TASKS = (
    (_("Customers"), ("accounts.customer", "accounts.user", "accounts.invitation")),
    (_("Domains and servers"), ("hosting.domain", "hosting.mailbox", "hosting.server")),
    (
        _("Links, tests and visits"),
        (
            "setup_links.setuplink",
            "connection_tests.connectiontest",
            "guides.stepsmail",
            "watch.recoverynotice",
            "accounts.supportvisit",
        ),
    ),
)
# What no task names, such as what a package brings along.
TECHNICAL = _("Technical")


class AdminSite(admin.AdminSite):
    """Django's, with the lists in the order in which support needs them, whichever room they come from."""

    site_title = _("Admin")
    index_title = _("What would you like to do?")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = gettext("%(brand)s admin") % {"brand": brand_of(request).name}
        return {**super().each_context(request), "site_header": name}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """One heading a task with the lists that this person may open, and one for all that is left."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        left = {model["model"]._meta.label_lower: model for app in apps for model in app["models"]}
        tasks = [(name, [left.pop(label) for label in labels if label in left]) for name, labels in TASKS]
        tasks.append((TECHNICAL, list(left.values())))
        # With Django's keys, for its own templates.
        task = {"app_url": reverse("admin:index", current_app=self.name), "has_module_perms": True}
        return [
            {**task, "name": name, "app_label": f"task-{number}", "models": models}
            for number, (name, models) in enumerate(tasks)
            if models
        ]
