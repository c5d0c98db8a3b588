from django.db import migrations
from django.db.models import Count


def leave_one_address(apps, schema_editor):
    """Whoever has several keeps the one that they sign in with; what else they showed to be theirs is a former one."""
    User = apps.get_model("accounts", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    FormerAddress = apps.get_model("accounts", "FormerAddress")
    several = EmailAddress.objects.values("user").alias(count=Count("pk")).filter(count__gt=1)
    for user in User.objects.filter(pk__in=several.values("user")):
        kept, *others = EmailAddress.objects.filter(user_id=user.pk).order_by("-verified", "-primary", "pk")
        for other in others:
            for membership in user.memberships.all() if other.verified else ():
                FormerAddress.objects.get_or_create(
                    email=other.email, customer_id=membership.customer_id, defaults={"user_id": user.pk}
                )
            other.delete()
        kept.primary = True
        kept.save(update_fields=["primary"])
        if user.email != kept.email and not User.objects.filter(email=kept.email).exists():
            user.email = kept.email
            user.save(update_fields=["email"])


class Migration(migrations.Migration):

    dependencies = [
        ('account', '0009_emailaddress_unique_primary_email'),
        ('accounts', '0007_removal_undone_at'),
    ]

    operations = [migrations.RunPython(leave_one_address, migrations.RunPython.noop)]
