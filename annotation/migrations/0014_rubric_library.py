"""Rubrics in versions, of which only the status changes, and which version a form asks with: by trigger and by grant."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION goldpan_rubric_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status' THEN
        RAISE EXCEPTION 'of a version of a rubric only the status changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_status_changes BEFORE UPDATE ON annotation_rubricversion
    FOR EACH ROW EXECUTE FUNCTION goldpan_rubric_version_stays();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON annotation_rubricversion
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
REVOKE DELETE, TRUNCATE ON annotation_rubricversion FROM CURRENT_USER, PUBLIC;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annotation_rubricuse
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
REVOKE DELETE, TRUNCATE ON annotation_rubricuse FROM CURRENT_USER, PUBLIC;
"""
BACKWARD = """
GRANT DELETE, TRUNCATE ON annotation_rubricuse TO CURRENT_USER;
DROP TRIGGER append_only ON annotation_rubricuse;
GRANT DELETE, TRUNCATE ON annotation_rubricversion TO CURRENT_USER;
DROP TRIGGER append_only ON annotation_rubricversion;
DROP TRIGGER only_status_changes ON annotation_rubricversion;
DROP FUNCTION goldpan_rubric_version_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0013_screening'),
        ('audit', '0002_append_only'),
        ('modelhooks', '0007_probed'),
        ('projects', '0004_gold'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rubric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('scope', models.CharField(choices=[('project', 'The whole project'), ('slice', 'A slice of the items'), ('item', 'One item')], max_length=8)),
                ('slice', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('retired_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rubrics', to='annotation.item')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rubrics', to='projects.project')),
            ],
        ),
        migrations.CreateModel(
            name='RubricVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('validated', 'Validated'), ('retired', 'Retired')], default='draft', max_length=10)),
                ('source', models.CharField(choices=[('human', 'Written by a person'), ('contrast', 'Written from preferred and rejected responses'), ('merged', 'Merged from several rubrics'), ('principles', 'Taken from justifications'), ('constraints', 'Taken from instructions'), ('checklist', 'Written as a checklist of turns'), ('openrubrics', 'Imported as OpenRubrics'), ('prometheus', 'Imported as Prometheus'), ('wildbench', 'Imported as WildBench'), ('rar', 'Imported as Rubrics as Rewards'), ('goldpan', "Imported as Goldpan's own"), ('evolved', 'Revised from its errors'), ('forked', 'Forked')], default='human', max_length=12)),
                ('criteria', models.JSONField()),
                ('note', models.TextField(blank=True, help_text='What changed, and why.', max_length=2000)),
                ('provenance', models.JSONField(default=dict, help_text='How it was made, where it was not by hand.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='annotation.rubricversion')),
                ('rubric', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='annotation.rubric')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='modelhooks.run')),
            ],
        ),
        migrations.CreateModel(
            name='RubricUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question_key', models.CharField(max_length=40)),
                ('form', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rubric_uses', to='annotation.form')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='annotation.rubricversion')),
            ],
        ),
        migrations.AddIndex(
            model_name='rubric',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('name'), template="to_tsvector('simple', %(expressions)s)"), name='rubric_by_name'),
        ),
        migrations.AddConstraint(
            model_name='rubric',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='rubric_number_once'),
        ),
        migrations.AddConstraint(
            model_name='rubric',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('item__isnull', True), ('scope', 'project'), ('slice', {})), models.Q(('item__isnull', True), ('scope', 'slice'), models.Q(('slice', {}), _negated=True)), models.Q(('item__isnull', False), ('scope', 'item'), ('slice', {})), _connector='OR'), name='rubric_scope_says_of_what'),
        ),
        migrations.AddConstraint(
            model_name='rubric',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='rubric_has_a_name'),
        ),
        migrations.AddIndex(
            model_name='rubricversion',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('criteria'), template='jsonb_to_tsvector(\'simple\', %(expressions)s, \'["string"]\'::jsonb)'), name='rubric_version_by_words'),
        ),
        migrations.AddConstraint(
            model_name='rubricversion',
            constraint=models.UniqueConstraint(fields=('rubric', 'number'), name='rubric_version_once'),
        ),
        migrations.AddConstraint(
            model_name='rubricversion',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'validated', 'retired'])), name='rubric_version_status_known'),
        ),
        migrations.AddConstraint(
            model_name='rubricversion',
            constraint=models.CheckConstraint(condition=models.Q(('criteria', []), _negated=True), name='rubric_version_has_criteria'),
        ),
        migrations.AddConstraint(
            model_name='rubricuse',
            constraint=models.UniqueConstraint(fields=('form', 'question_key'), name='rubric_use_once'),
        ),
        migrations.AddIndex(
            model_name='annotation',
            index=models.Index(fields=['form', 'item'], name='annotation_by_form'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
