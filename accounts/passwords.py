"""What a new password has to be; the rules are Django's, the words are ours."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LengthValidator(password_validation.MinimumLengthValidator):
    """As long as the setting says."""

    def get_error_message(self) -> str:
        return ngettext(
            "It’s too short: %(count)d character is the least. Three or four words in a row work well.",
            "It’s too short: %(count)d characters are the least. Three or four words in a row work well.",
            self.min_length,
        ) % {"count": self.min_length}


class CommonValidator(password_validation.CommonPasswordValidator):
    """None of those that everybody tries first."""

    def get_error_message(self) -> str:
        return _(
            "Many people use this one, so strangers try it first. Three or four words in a row work well."
        )


class SimilarityValidator(password_validation.UserAttributeSimilarityValidator):
    """Neither the person's name nor their address."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("email", "name"))

    def get_error_message(self) -> str:
        return _("It’s too close to your name or your address, which strangers know.")
