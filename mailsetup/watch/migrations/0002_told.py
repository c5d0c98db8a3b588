"""When staff were told of a flip; of those before, each had a mail of its own."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def were_told(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("watch", "WatchFlip").objects.update(told_at=models.F("happened_at"))


class Migration(migrations.Migration):
    dependencies = [("watch", "0001_initial")]

    operations = [
        migrations.AddField(
            "watchflip",
            "told_at",
            models.DateTimeField("told staff", null=True, blank=True, db_index=True),
        ),
        migrations.RunPython(were_told, migrations.RunPython.noop),
    ]
