"""Gives people of an installation under test a password: JSON on stdin, see tests.e2e.portal.Person.

python -m tests.e2e.create_people
"""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from accounts import services  # noqa: PLC0415  # models can be imported after setup() only

    for person in json.load(sys.stdin):
        user = services.ensure_user(person["email"])
        user.name = person["name"]
        user.is_staff = user.is_superuser = person["staff"]
        user.set_password(person["password"])
        user.save()


if __name__ == "__main__":
    main()
