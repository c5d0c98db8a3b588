from django.db import migrations


def name_the_customers(apps, schema_editor):
    """Each former address counts at the customers that its owner belongs to or was just removed from."""
    FormerAddress = apps.get_model("accounts", "FormerAddress")
    for former in list(FormerAddress.objects.filter(customer=None)):
        belonged = {membership.customer_id for membership in former.user.memberships.all()}
        belonged |= {removal.customer_id for removal in former.user.removals.all()}
        for customer_id in belonged:
            FormerAddress.objects.create(email=former.email, user_id=former.user_id, customer_id=customer_id)
        former.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_former_addresses_of_customers'),
    ]

    operations = [migrations.RunPython(name_the_customers, migrations.RunPython.noop)]
