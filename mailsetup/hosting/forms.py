"""The forms of a domain and of a mail server, with its ways in and out in their order."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mailsetup.clientconfig import (
    AddressError,
    ServerSettings,
    ServiceType,
    SocketType,
    display_domain,
    fill_placeholders,
    parse_address,
    parse_domain,
)
from mailsetup.hosting import names, sentences
from mailsetup.hosting.models import Domain, DomainAlias, Server, Service

# What a host name is made of, and the signs that stand for the rest of one.
_PATTERN_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_*?")
# Software, and the host name that it has by itself: one below each domain, or the server's own.
_EACH_DOMAINS_OWN = "mail.%EMAILDOMAIN%"
SOFTWARE = {
    "SmarterMail": _EACH_DOMAINS_OWN,
    "cPanel": _EACH_DOMAINS_OWN,
    "Plesk": _EACH_DOMAINS_OWN,
    "mailcow": "",
    "Dovecot and Postfix": "",
}
# RFC 8314: TLS from the first byte comes first.
_USUAL = (("imap", "993", "SSL"), ("pop3", "995", "SSL"), ("smtp", "465", "SSL"), ("smtp", "587", "STARTTLS"))
_WEB_ADDRESSES = frozenset({"webmail_url", "password_url", "caldav_url", "carddav_url", "activesync_url"})
_FIXED_WIDTH = {"class": "mono", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
# Sends or not; the first of its kind or not.
_TITLES = {
    (False, True): _("Way in, told first"),
    (False, False): _("Way in"),
    (True, True): _("Way out, told first"),
    (True, False): _("Way out"),
}


class ServerForm(forms.ModelForm[Server]):
    mx_patterns = forms.CharField(
        label=_("MX names, one a line"),
        required=False,
        widget=forms.Textarea(attrs={**_FIXED_WIDTH, "rows": 3}),
        help_text=_(
            "A domain that nobody has added lives here when its mail goes to one of these names. "
            "A star stands for any characters, as in *.mx.hoster.example."
        ),
    )

    class Meta:
        model = Server
        fields = [
            "name", "software", "mx_patterns", "alias_uses_primary",
            "webmail_url", "password_url", "caldav_url", "carddav_url", "activesync_url",
        ]  # fmt: skip
        help_texts = {"name": _("Only staff see it."), "software": _("Only staff see it. It may stay empty.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["mx_patterns"] = "\n".join(self.instance.mx_patterns)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for field in _WEB_ADDRESSES.intersection(data):
            data[field] = names.with_https(data[field])
        return data

    def clean_mx_patterns(self) -> list[str]:
        patterns = [line.rstrip(".") for line in _lines(self.cleaned_data["mx_patterns"].lower())]
        for pattern in patterns:
            if not _PATTERN_CHARACTERS.issuperset(pattern):
                raise forms.ValidationError(
                    _("“%(pattern)s” is neither a host name nor a pattern such as *.mx.hoster.example."),
                    params={"pattern": pattern},
                )
        return list(dict.fromkeys(patterns))


class DomainForm(forms.ModelForm[Domain]):
    """A domain with its other names and its mailboxes, one a line, as far as staff may change them."""

    other_names = forms.CharField(
        label=_("Aliases, one a line"),
        required=False,
        widget=forms.Textarea(attrs={**_FIXED_WIDTH, "rows": 3}),
        help_text=_("Other names for the same mailboxes."),
    )
    known_mailboxes = forms.CharField(
        label=_("Mailboxes, one a line"),
        required=False,
        widget=forms.Textarea(attrs={**_FIXED_WIDTH, "rows": 5}),
        help_text=_("Guides and tests work for every other address of the domain too."),
    )

    class Meta:
        model = Domain
        fields = ["name", "server", "customer", "enabled"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            aliases = self.instance.aliases.values_list("name", flat=True)
            mailboxes = self.instance.mailboxes.values_list("local_part", flat=True)
            # As browsers send them back.
            self.initial["other_names"] = "\r\n".join(map(display_domain, aliases))
            self.initial["known_mailboxes"] = "\r\n".join(mailboxes)

    def clean_other_names(self) -> list[str]:
        found = []
        for text in _lines(self.cleaned_data["other_names"]):
            alias = DomainAlias(domain=self.instance, name=text)
            try:
                alias.clean()
            except forms.ValidationError as error:
                raise forms.ValidationError(error.messages) from None
            found.append(alias.name)
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            domain = parse_domain(data.get("name", ""))
        except AddressError:  # The model says so, beside the name.
            return data
        if domain in data.get("other_names", ()):
            self.add_error("other_names", sentences.domain_is_here(domain))
        if "known_mailboxes" not in data:
            return data
        try:
            texts = _lines(data["known_mailboxes"])
            data["known_mailboxes"] = list(dict.fromkeys(_local_part(text, domain) for text in texts))
        except forms.ValidationError as error:
            self.add_error("known_mailboxes", error)
        return data


def _lines(text: str) -> list[str]:
    return [line for part in text.splitlines() if (line := part.strip())]


def _local_part(text: str, domain: str) -> str:
    """Of a mailbox that is typed with its domain or without; raises ValidationError."""
    try:
        address = parse_address(text if "@" in text else f"{text}@{domain}")
    except AddressError as error:
        raise forms.ValidationError(f"{text}: {sentences.address_fault(error)}") from None
    if address.domain != domain:
        raise forms.ValidationError(sentences.mailbox_elsewhere(address.display, domain))
    return address.local_part


class ServiceForm(forms.ModelForm[Service]):
    """One way in or out. A row into which nobody has typed anything is no row."""

    type = forms.ChoiceField(label=_("Type"), choices=[(kind.value, kind.upper()) for kind in ServiceType])
    socket_type = forms.ChoiceField(
        label=_("Encryption"),
        choices=[
            (SocketType.SSL.value, "SSL/TLS"),
            (SocketType.STARTTLS.value, "STARTTLS"),
            (SocketType.PLAIN.value, _("none")),
        ],
    )

    class Meta:
        model = Service
        fields = ["type", "hostname", "port", "socket_type", "authentication", "username"]
        widgets = {
            "hostname": forms.TextInput(attrs=_FIXED_WIDTH),
            "port": forms.TextInput(attrs={"class": "num", "inputmode": "numeric", "autocomplete": "off"}),
            "username": forms.TextInput(attrs=_FIXED_WIDTH),
        }

    def has_changed(self) -> bool:
        return bool({"hostname", "port"}.intersection(self.changed_data))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "hostname" in data:
            data["hostname"] = names.with_a_labels(data["hostname"])
        try:
            names.check_port(data.get("type", ""), data.get("port", 0))
        except ValueError as error:
            self.add_error("port", str(error))
        return data

    @property
    def settings(self) -> ServerSettings | None:
        """What stands in the row; None while it is empty or wrong."""
        if not self.has_changed() or not self.is_valid():
            return None
        return ServerSettings.from_dict(self.cleaned_data)


@dataclass(frozen=True, slots=True)
class Row:
    """A way in or out as the page shows it; `odd` is a sentence, `state` the stylesheet's word."""

    form: ServiceForm
    title: str
    state: str
    odd: str
    settings: ServerSettings | None


class ServerPage:
    """The whole form: what somebody typed, after the button that they pressed, and what is to be said of it.

    Every button sends the form, so that the page needs no script: only `save` stores it.
    """

    def __init__(self, server: Server | None, posted: QueryDict | None, *, domain: str) -> None:
        self._seen_odd = posted.get("odd", "") if posted else ""
        self._saves = posted is not None and "save" in posted
        self.example = posted.get("example", "") if posted else f"anna@{domain}"
        if posted is None:
            stored = [_texts(service.as_settings()) for service in server.services.all()] if server else []
            rows = stored or [_empty("imap"), _empty("smtp")]
        else:
            posted = posted.copy()
            rows = _typed(posted)
            verb, _space, what = posted.get("press", "").partition(" ")
            if verb == "usual" and what in SOFTWARE:
                posted["software"] = what
            rows = _pressed(rows, verb, what)
        self.form = ServerForm(posted, instance=server, label_suffix="")
        self.rows = [_row(number, row, rows, saves=self._saves) for number, row in enumerate(rows)]
        if not self._saves:
            _forget_what_is_missing(self.form)

    @property
    def is_named(self) -> bool:
        return bool((self.form["name"].value() or "").strip())

    @property
    def services(self) -> list[ServerSettings]:
        return [row.settings for row in self.rows if row.settings]

    @property
    def way_in(self) -> ServerSettings | None:
        """What apps are told first for receiving."""
        return next((one for one in self.services if one.type is not ServiceType.SMTP), None)

    @property
    def way_out(self) -> ServerSettings | None:
        """What apps are told first for sending."""
        return next((one for one in self.services if one.type is ServiceType.SMTP), None)

    @property
    def odd(self) -> str:
        """Which rows are odd: whoever has seen this and saves once more means it."""
        return " ".join(
            f"{row.settings.type}:{row.settings.port}:{row.settings.socket_type}"
            for row in self.rows
            if row.odd and row.settings
        )

    def can_be_saved(self) -> bool:
        """Whether "Save" was pressed and nothing is missing, wrong, or odd without having been shown."""
        return (
            self._saves
            and not self.has_errors
            and bool(self.way_in and self.way_out)
            and self.odd in ("", self._seen_odd)
        )

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors or any(row.form.errors for row in self.rows))

    @property
    def example_fault(self) -> str:
        """Why nothing can be told for the address in `example`; "" when it is one."""
        try:
            parse_address(self.example)
        except AddressError as error:
            return sentences.address_fault(error)
        return ""

    @property
    def filled(self) -> list[ServerSettings]:
        """The whole rows, with the address in `example` where signs stand for it; nothing without one."""
        if self.example_fault:
            return []
        address = parse_address(self.example)

        def fill(text: str) -> str:
            return fill_placeholders(text, local_part=address.mailbox_local_part, domain=address.domain)

        return [
            replace(service, hostname=fill(service.hostname), username=fill(service.username))
            for service in self.services
        ]

    @property
    def told(self) -> list[ServerSettings]:
        """What an app would get for the address in `example`: the first service of each type."""
        first = {service.type: service for service in reversed(self.filled)}
        return [first[kind] for kind in ServiceType if kind in first]


def _forget_what_is_missing(form: forms.ModelForm[Any]) -> None:
    """Whoever hasn't pressed "Save" is still typing: what is wrong is said, what is missing isn't yet."""
    for name, errors in form.errors.as_data().items():
        if all(error.code == "required" for error in errors):
            del form.errors[name]


def _row(number: int, row: dict[str, str], rows: list[dict[str, str]], *, saves: bool) -> Row:
    data = {f"way-{number}-{name}": text for name, text in row.items()}
    form = ServiceForm(
        data, prefix=f"way-{number}", label_suffix="", empty_permitted=True, use_required_attribute=False
    )
    sends = row["type"] == ServiceType.SMTP
    first = not any((other["type"] == ServiceType.SMTP) == sends for other in rows[:number])
    settings = form.settings
    if not saves:
        _forget_what_is_missing(form)
    odd = sentences.odd_service(settings) if settings else ""
    state = "bad" if form.errors else "warn" if odd else ""
    return Row(form, str(_TITLES[sends, first]), state, odd, settings)


def _texts(settings: ServerSettings) -> dict[str, str]:
    return {name: str(value) for name, value in settings.as_dict().items()}


def _empty(service_type: str) -> dict[str, str]:
    kind = ServiceType(service_type)
    return _texts(ServerSettings(kind, "", 0, SocketType.SSL)) | {"port": ""}


def _typed(posted: QueryDict) -> list[dict[str, str]]:
    """The rows that came with the form, in their order."""
    numbers = sorted({int(found[1]) for key in posted if (found := re.fullmatch(r"way-(\d{1,4})-type", key))})
    fields = ServiceForm.Meta.fields
    return [{name: posted.get(f"way-{number}-{name}", "") for name in fields} for number in numbers]


def _pressed(rows: list[dict[str, str]], verb: str, what: str) -> list[dict[str, str]]:
    """The rows after the button, such as `up 2` or `add smtp`; a button that isn't there changes nothing."""
    rows = list(rows)
    place = int(what) if what.isdecimal() and int(what) < len(rows) else None
    if verb == "add" and what in ServiceType.__members__.values():
        return [*rows, _empty(what)]
    if verb == "usual" and what in SOFTWARE:
        hostname = SOFTWARE[what] or next((row["hostname"] for row in rows if row["hostname"]), "")
        return [
            _empty(kind) | {"hostname": hostname, "port": port, "socket_type": encryption}
            for kind, port, encryption in _USUAL
        ]
    if verb == "remove" and place is not None:
        del rows[place]
    if verb == "up" and place:
        rows.insert(place - 1, rows.pop(place))
    if verb == "down" and place is not None:
        rows.insert(place + 1, rows.pop(place))
    return rows
