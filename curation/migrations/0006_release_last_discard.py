"""The items that a release leaves out because reviewers discarded them, as one number."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('curation', '0005_detections'),
    ]

    operations = [
        migrations.AddField(
            model_name='release',
            name='last_discard',
            field=models.BigIntegerField(db_default=0, default=0, help_text='Items that were out then are left out.'),
        ),
    ]
