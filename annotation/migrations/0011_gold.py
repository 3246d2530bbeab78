"""Items with a known answer; added, never edited. What somebody was given beyond an item's overlap has a high number."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.math
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annotation_gold
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
REVOKE DELETE, TRUNCATE ON annotation_gold FROM CURRENT_USER, PUBLIC;
"""

BACKWARD = """
GRANT DELETE, TRUNCATE ON annotation_gold TO CURRENT_USER;
DROP TRIGGER append_only ON annotation_gold;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0010_answers_by_run'),
        ('audit', '0002_append_only'),
        ('projects', '0004_gold'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Gold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('answers', models.JSONField()),
                ('note', models.TextField(blank=True, help_text='Why this is the answer, for whoever is told.', max_length=2000)),
                ('is_withdrawn', models.BooleanField(default=False)),
                ('lot', models.FloatField(db_default=django.db.models.functions.math.Random())),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('form', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='annotation.form')),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='gold_versions', to='annotation.item')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_withdrawn', False)), fields=['project', 'lot'], name='gold_by_lot')],
                'constraints': [models.UniqueConstraint(fields=('item', 'version'), name='gold_version_once'), models.CheckConstraint(condition=models.Q(models.Q(('answers', {}), ('is_withdrawn', True)), models.Q(('is_withdrawn', False), models.Q(('answers', {}), _negated=True)), _connector='OR'), name='gold_knows_something')],
            },
        ),
        migrations.RemoveIndex(
            model_name='slot',
            name='slot_by_holder',
        ),
        migrations.AddIndex(
            model_name='slot',
            index=models.Index(condition=models.Q(('holder__isnull', False), ('number__lt', 100)), fields=['project', 'holder', '-id'], name='slot_by_holder'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
