"""What a run says is an annotation like any other: of a person, an imported name, or a run, exactly one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SUPERSEDES = """
CREATE OR REPLACE FUNCTION goldpan_supersedes_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM annotation_annotation earlier
        LEFT JOIN modelhooks_run said ON said.id = earlier.run_id
        LEFT JOIN modelhooks_run says ON says.id = NEW.run_id
        WHERE earlier.id = NEW.supersedes_id AND earlier.item_id = NEW.item_id
          AND earlier.author_id IS NOT DISTINCT FROM NEW.author_id AND earlier.imported_name = NEW.imported_name
          AND said.checkpoint_id IS NOT DISTINCT FROM says.checkpoint_id
          AND said.question IS NOT DISTINCT FROM says.question
    ) THEN
        RAISE EXCEPTION 'an annotation supersedes only one of the same item and annotator'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0007_media'),
        ('modelhooks', '0001_first'),
        ('projects', '0001_first'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='annotation',
            name='annotation_once_per_imported',
        ),
        migrations.RemoveConstraint(
            model_name='annotation',
            name='annotation_has_one_annotator',
        ),
        migrations.AddField(
            model_name='annotation',
            name='run',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='annotations', to='modelhooks.run'),
        ),
        migrations.AlterField(
            model_name='annotation',
            name='source',
            field=models.JSONField(db_default={}, default=dict, help_text='Provenance of what a person did not give.'),
        ),
        migrations.AddConstraint(
            model_name='annotation',
            constraint=models.UniqueConstraint(condition=models.Q(('author__isnull', True), ('run__isnull', True), ('supersedes__isnull', True)), fields=('item', 'imported_name'), name='annotation_once_per_imported'),
        ),
        migrations.AddConstraint(
            model_name='annotation',
            constraint=models.UniqueConstraint(condition=models.Q(('run__isnull', False)), fields=('item', 'run'), name='annotation_once_per_run'),
        ),
        migrations.AddConstraint(
            model_name='annotation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author__isnull', False), ('imported_name', ''), ('run__isnull', True)), models.Q(('author__isnull', True), ('run__isnull', True), models.Q(('imported_name', ''), _negated=True)), models.Q(('author__isnull', True), ('imported_name', ''), ('run__isnull', False)), _connector='OR'), name='annotation_has_one_annotator'),
        ),
        migrations.RunSQL(SUPERSEDES, migrations.RunSQL.noop),
    ]
