from typing import Any

from django.core.management.base import CommandParser

from mailsetup.clientconfig import ServerSettings
from mailsetup.hosting.management.lookup import LookupCommand

_WHY = {
    "domain": "the domain {domain} is provisioned",
    "alias": "{domain} is an alias domain",
    "mx": "the MX records of {domain} match a server",
}


class Command(LookupCommand):
    help = "Print the settings that an address should use, and why."
    example = "manage.py client_config anna@example.com --protocol pop3 --json"

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_address(parser)
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        config, _hosting, _domain = self.look_up(options["address"], options["protocol"])
        if options["json"]:
            self.print_json(config.as_dict())
            return
        self.stdout.write(f"{config.address}: {_WHY[config.source.value].format(domain=config.domain)}")
        self.stdout.write(f"  receiving  {_line(config.incoming)}")
        self.stdout.write(f"  sending    {_line(config.outgoing)}")
        for service in config.alternatives:
            self.stdout.write(f"  or         {_line(service)}")
        if config.webmail_url:
            self.stdout.write(f"  webmail    {config.webmail_url}")


def _line(service: ServerSettings) -> str:
    warning = "" if service.encrypted else "  (not encrypted: not safe)"
    return (
        f"{service.type.value} {service.hostname}:{service.port} {service.socket_type.value}, "
        f"user name {service.username}{warning}"
    )
