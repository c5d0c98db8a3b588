"""When the test itself was the trouble."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import AGAIN, Explanation
from mailsetup.probes.findings import Code

MESSAGE_LEFT = _("Our test message may still be in your inbox; the next test deletes it.")
EXPLANATIONS: dict[Code, Explanation] = {
    Code.CANCELLED: Explanation(
        title=_("The test was stopped"),
        happened=_("It was stopped before it was over."),
        why=_("What has no result below wasn’t checked."),
        todo=_("Start the test again whenever you like."),
        staff=_("Stopped on its page. The steps that are listed had ended by then; no worker is in trouble."),
    ),
    Code.LOST_RUN: Explanation(
        title=_("The test was interrupted"),
        happened=_("Our test service stopped before the test was over."),
        why=_("This says nothing about your mail, which may be working fine."),
        todo=_("Start the test again."),
        staff=_(
            "No worker finished the run: it was killed, or its broker or database went away. The worker’s "
            "log at that minute says more."
        ),
    ),
    Code.NOT_TESTABLE_HERE: Explanation(
        title=_("We can’t test this from here"),
        happened=_("Our test service has no way to reach {hostname} at the moment."),
        why=_("This says nothing about your mail, which may be working fine."),
        todo=AGAIN,
        staff=_(
            "The worker could not look: no name server is configured, it has no IPv6, or the test broke "
            "by a mistake of ours, which then stands in the worker’s log."
        ),
    ),
    Code.UNKNOWN: Explanation(
        title=_("We can’t say any more what this was"),
        happened=_("This result is from another version of our test, which had its own name for the cause."),
        why=_("It says nothing about your mail today."),
        todo=_("Test again."),
        staff=_("The code of that version stands in the list of steps; this one doesn’t know it."),
    ),
}
