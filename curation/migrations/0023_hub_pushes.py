import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("curation", "0022_removals_stay"),
        ("jobs", "0002_outbox_wakes_relay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HubPush",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("repository", models.CharField(help_text="owner/name on the Hub of the deployment.", max_length=200)),
                (
                    "may_be_public",
                    models.BooleanField(default=False, help_text="Whether it may be one that all the world reads."),
                ),
                ("commit", models.CharField(blank=True, help_text="Its id there, once it is there.", max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pushes", to="curation.release"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "pk"],
                "indexes": [models.Index(fields=["repository"], name="hub_push_by_repository")],
            },
        ),
    ]
