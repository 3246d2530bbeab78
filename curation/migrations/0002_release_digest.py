"""What was asked for, so that asking twice gives one release."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("curation", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="release",
            name="digest",
            field=models.CharField(
                default="", help_text="SHA-256 of recipes, formats and splits: what was asked for.", max_length=64
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(fields=["project", "digest"], name="release_by_digest"),
        ),
    ]
