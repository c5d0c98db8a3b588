from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_one_former_address_a_customer'),
    ]

    operations = [
        migrations.AddField(
            model_name='removal',
            name='undone_at',
            field=models.DateTimeField(null=True, verbose_name='undone'),
        ),
    ]
