"""Users, customers, who belongs to whom, invitations, and support's visits."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Creates people by address; nobody has a user name here."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store one person; without a password nobody can sign in with one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store one person who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by address in any case, as addresses are stored in lower case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by e-mail address."""

    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    is_staff = models.BooleanField(_("support staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        permissions = [("view_as_customer", _("Can view the portal as a customer"))]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        # RFC 5321 section 2.4 lets a local part be case-sensitive, but two accounts that differ by a
        # capital would be a trap for the people who own them.
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """What to call this person on a page."""
        return self.name or self.email


class FormerAddress(models.Model):
    """An address by which somebody belonged to a customer before they took another one.

    The provider's file may name them by it for a long time, while it is given to somebody else. Whoever has
    it then is nobody to that customer, so this outlives the person's account and whatever they belong to.
    """

    email = models.EmailField(_("email address"))
    customer = models.ForeignKey("Customer", models.CASCADE, related_name="former_addresses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="former_addresses"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "customer"], name="one_former_address_a_customer")
        ]

    def __str__(self) -> str:
        return self.email


class Customer(models.Model):
    """A customer of the hosting provider; `external_id` is the provider's own, such as whmcs:1234."""

    external_id = models.CharField(_("customer id"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=255)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="customers")

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user belongs to a customer, as an owner who may invite others, or as a member."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        MEMBER = "member", _("member")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=6, choices=Role, default=Role.MEMBER)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "customer"], name="one_membership_a_customer")]

    def __str__(self) -> str:
        return f"{self.user} – {self.customer}"


class RemovalQuerySet(models.QuerySet["Removal"]):
    """Removals by age."""

    def undoable(self) -> "RemovalQuerySet":
        """Those that an owner can still undo."""
        return self.filter(undone_at=None, removed_at__gt=timezone.now() - _undo_time())

    def over(self) -> "RemovalQuerySet":
        """Those that nobody can undo any more."""
        return self.filter(removed_at__lte=timezone.now() - _undo_time())


def _undo_time() -> timedelta:
    return timedelta(minutes=settings.ACCOUNTS.removal_undo_minutes)


class Removal(models.Model):
    """A membership that has ended, kept for as long as an owner can undo that.

    `undone_at` is when the person came back, by that or by another way.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="removals")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="removals")
    role = models.CharField(_("role"), max_length=6, choices=Membership.Role)
    removed_at = models.DateTimeField(_("removed"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone"), null=True)

    objects = RemovalQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user} – {self.customer}"

    @property
    def undoable_until(self) -> datetime:
        """When it is final."""
        return self.removed_at + _undo_time()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by state."""

    def waiting(self) -> "InvitationQuerySet":
        """Neither used nor taken back, however old."""
        return self.filter(accepted_at=None, revoked_at=None)

    def usable(self) -> "InvitationQuerySet":
        """Those of them that are not too old."""
        return self.waiting().filter(expires_at__gt=timezone.now())


class Invitation(models.Model):
    """An invitation to a customer's account; only the hash of its token is stored."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("email address"))
    role = models.CharField(_("role"), max_length=6, choices=Membership.Role, default=Membership.Role.MEMBER)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email

    @property
    def is_usable(self) -> bool:
        """Whether the link in the mail still works."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()


class SupportVisit(models.Model):
    """A member of staff looked at the portal as a customer does, and said why."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="support_visits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="visits_by_support")
    reason = models.CharField(_("reason"), max_length=500)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("support visit")
        verbose_name_plural = _("support visits")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.staff} – {self.user}"
