import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mailsetup.clientconfig import parse_address


def fill(apps, schema_editor):
    """Mails that are on record already count by their mailbox, and say who sent them."""
    for mail in apps.get_model('guides', 'StepsMail').objects.select_related('sent_by'):
        mail.sender_address = mail.sent_by.email
        mail.recipient_mailbox = parse_address(mail.recipient).mailbox
        mail.save(update_fields=['sender_address', 'recipient_mailbox'])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('guides', '0001_steps_mails'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='stepsmail',
            name='recipient_mailbox',
            field=models.CharField(db_index=True, default='', editable=False, max_length=254),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='stepsmail',
            name='sender_address',
            field=models.CharField(default='', max_length=254, verbose_name='sent by'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='stepsmail',
            name='customer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.customer'),
        ),
        migrations.AlterField(
            model_name='stepsmail',
            name='recipient',
            field=models.CharField(max_length=254, verbose_name='sent to'),
        ),
        migrations.AlterField(
            model_name='stepsmail',
            name='sent_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
