from django.db import migrations

from accounts.trigrams import trigram_index


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_one_address_each'),
    ]

    operations = [
        trigram_index("accounts_customer", "name", any_case=True),
        trigram_index("accounts_customer", "external_id", any_case=False),
        trigram_index("accounts_user", "name", any_case=True),
    ]
