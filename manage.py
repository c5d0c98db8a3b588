#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""

import os
import sys

from portal.starting import in_one_sentence


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  # Django's own layout

    if "--traceback" in sys.argv:
        execute_from_command_line(sys.argv)
        return
    with in_one_sentence():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
