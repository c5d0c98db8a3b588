from django.db import migrations

from accounts.trigrams import index_on_sqlite


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_trigrams'),
    ]

    operations = [
        index_on_sqlite("accounts_customer", "name"),
        index_on_sqlite("accounts_user", "name"),
    ]
