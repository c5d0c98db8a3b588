from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.urls import reverse

from accounts.brands import portal_url
from mailsetup.clientconfig import parse_address
from mailsetup.hosting.management.lookup import LookupCommand
from mailsetup.setup_links import services
from mailsetup.setup_links.setups import Setup


class Command(LookupCommand):
    help = "Print a link that opens guides, downloads and the test for one address, without an account."
    example = "manage.py setup_link anna@example.com --hours 48"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS", help="a mail address")
        parser.add_argument("--hours", type=int, help="how long it works (default: SETUP_LINK_HOURS)")
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        limits = settings.SETUP_LINKS
        hours = limits.setup_link_hours if options["hours"] is None else options["hours"]
        if not 1 <= hours <= limits.setup_link_max_hours:
            raise self.wrong_call(f"--hours takes a whole number from 1 to {limits.setup_link_max_hours}.")
        config, hosting, domain = self.look_up(options["address"], None)
        setup = Setup(address=parse_address(config.address), hosting=hosting, domain=domain)
        link, token = services.create_setup_link(setup, lifetime=timedelta(hours=hours))
        url = portal_url() + reverse("mailsetup:link", kwargs={"token": token})
        if options["json"]:
            self.print_json({"address": link.address, "url": url, "expires_at": link.expires_at.isoformat()})
            return
        self.stdout.write(url)
