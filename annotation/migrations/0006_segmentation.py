"""Steps cut by hand: added, never edited, by trigger and by grant."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annotation_segmentation
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
REVOKE DELETE, TRUNCATE ON annotation_segmentation FROM CURRENT_USER, PUBLIC;
"""
BACKWARD = """
GRANT DELETE, TRUNCATE ON annotation_segmentation TO CURRENT_USER;
DROP TRIGGER append_only ON annotation_segmentation;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0005_item_rubric"),
        ("audit", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Segmentation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "response",
                    models.PositiveSmallIntegerField(help_text="Its place in the item's own order, from 0."),
                ),
                (
                    "ends",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(),
                        help_text="Where each step ends, in Unicode code points.",
                        size=None,
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="segmentations",
                        to="annotation.item",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["item", "response", "-id"], name="segmentation_newest")],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
