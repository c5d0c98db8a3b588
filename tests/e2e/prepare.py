"""Fills an installation under test: JSON on stdin with a provider file and people, see tests.e2e.portal.

python -m tests.e2e.prepare
"""

import json
import os
import sys

import django
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    # Models can be imported after setup() only.
    from accounts import services  # noqa: PLC0415
    from mailsetup.hosting.provisioning import provision  # noqa: PLC0415

    given = json.load(sys.stdin)
    call_command("migrate", verbosity=0)
    provision(json.dumps(given["provider"]).encode())
    for person in given["people"]:
        user = services.ensure_user(person["email"])
        user.name = person["name"]
        user.is_staff = user.is_superuser = person["staff"]
        user.set_password(person["password"])
        user.save()


if __name__ == "__main__":
    main()
