from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_first")]
    operations = [
        migrations.CreateModel(
            name="Allowance",
            fields=[
                (
                    "key",
                    models.CharField(
                        help_text="what:subject:id", max_length=120, primary_key=True, serialize=False
                    ),
                ),
                ("used", models.PositiveIntegerField()),
                ("began_at", models.DateTimeField()),
            ],
        ),
        # Nothing is lost if a crash empties it, so it need not be written ahead.
        migrations.RunSQL(
            "ALTER TABLE accounts_allowance SET UNLOGGED", "ALTER TABLE accounts_allowance SET LOGGED"
        ),
    ]
