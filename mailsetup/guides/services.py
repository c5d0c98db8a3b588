"""Giving the steps of a guide to somebody."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.template.loader import render_to_string

from accounts import counting, tasks
from accounts.brands import Brand
from accounts.models import Customer, User
from mailsetup.clientconfig import Address, ClientConfig
from mailsetup.guides import selectors
from mailsetup.guides.clients import Guide
from mailsetup.guides.models import StepsMail
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.services import ensure_guide_link
from mailsetup.setup_links.setups import Setup


class NoneLeft(Exception):
    """Whoever sends, or their customer, has sent today what they may."""


class RecipientHasEnough(Exception):
    """Today as many mails with steps went to this mailbox as may, from whomever."""


@dataclass(frozen=True, slots=True)
class Online:
    """Where a link opens the guide: at its `url`, or at `place` with its `code`; `until` says how long."""

    url: str
    place: str
    code: str
    until: str


@dataclass(frozen=True, slots=True)
class Handout:
    """The steps of a guide for one address, to give to somebody; `lines` are the numbered ones as text."""

    setup: Setup
    guide: Guide
    config: ClientConfig
    lines: str
    brand: Brand

    def text(self, online: Online | None = None) -> str:
        """All of it as plain text."""
        return render_to_string("guides/steps.txt", {"handout": self, "online": online}).strip() + "\n"


def send_steps(
    handout: Handout,
    *,
    sender: User,
    by_support: bool,
    to: Address,
    line: str,
    online_at: Callable[[SetupLink], Online] | None,
) -> Online | None:
    """Mail the steps to an address, with a link where `online_at` says how to show one.

    The worker sends it after the transaction that counts it. Raises NoneLeft, RecipientHasEnough, and
    setup_links.services.TooManyGuideLinks.
    """
    setup, protocol = handout.setup, handout.config.protocol.value
    customer = setup.domain.customer if setup.domain else None
    with transaction.atomic():
        # Two presses at once are counted one after the other: this one waits for the other's row.
        User.objects.select_for_update(no_key=True).get(pk=sender.pk)
        if customer:
            Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        if not selectors.mails_left(sender, customer, by_support=by_support):
            raise NoneLeft
        # The same for one mailbox, whose mails come from anybody.
        counting.wait_for_turn(f"mails to {to.mailbox}")
        if not selectors.recipient_has_room(to):
            raise RecipientHasEnough
        link = ensure_guide_link(setup, client=handout.guide.slug, protocol=protocol) if online_at else None
        online = online_at(link) if online_at and link else None
        StepsMail.objects.create(
            sent_by=sender,
            sender_address=sender.email,
            by_support=by_support,
            customer=customer,
            address=str(setup.address),
            recipient=str(to),
            recipient_mailbox=to.mailbox,
            client=handout.guide.slug,
            protocol=protocol,
            link=link,
        )
        words = {"handout": handout, "sender": sender, "by_support": by_support, "line": line}
        tasks.send_later(
            subject=" ".join(render_to_string("email/steps_subject.txt", words).split()),
            body=render_to_string("email/steps.txt", {**words, "text": handout.text(online)}),
            to=str(to),
        )
    return online
