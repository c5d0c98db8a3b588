from django.db import migrations

from accounts.trigrams import trigram_index


class Migration(migrations.Migration):

    dependencies = [
        ('hosting', '0005_password_url'),
    ]

    operations = [
        trigram_index("hosting_domain", "name", any_case=False),
        trigram_index("hosting_domainalias", "name", any_case=False),
    ]
