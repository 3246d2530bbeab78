"""Analyses, consensus, findings and reviews; reviews are added, never edited, by trigger and by grant."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON curation_review
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
REVOKE DELETE, TRUNCATE ON curation_review FROM CURRENT_USER, PUBLIC;
"""
BACKWARD = """
GRANT DELETE, TRUNCATE ON curation_review TO CURRENT_USER;
DROP TRIGGER append_only ON curation_review;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0002_append_only"),
        ('annotation', '0010_answers_by_run'),
        ('curation', '0002_release_digest'),
        ('jobs', '0002_outbox_wakes_relay'),
        ('modelhooks', '0002_likeness'),
        ('projects', '0002_suggestions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Analysis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('reason', models.CharField(choices=[('asked', 'Asked for'), ('labels', 'After new labels')], max_length=10)),
                ('last_annotation', models.BigIntegerField()),
                ('parameters', models.JSONField(default=dict, help_text='Seed, methods and thresholds.')),
                ('summary', models.JSONField(default=dict, help_text='How many labels, units and annotators there were.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.job')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='analyses', to='projects.project')),
            ],
            options={
                'verbose_name_plural': 'analyses',
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Consensus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=40)),
                ('facet', models.CharField(blank=True, max_length=40)),
                ('place', models.CharField(blank=True, max_length=120)),
                ('value', models.CharField(blank=True, max_length=40)),
                ('confidence', models.FloatField(help_text='The chance that the value is right, 0 to 1.')),
                ('posterior', models.JSONField()),
                ('labels', models.PositiveSmallIntegerField()),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='annotation.item')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ('since', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='curation.analysis')),
                ('until', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='curation.analysis')),
            ],
            options={
                'verbose_name_plural': 'consensus',
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('imported_name', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('detector', models.CharField(max_length=40)),
                ('version', models.CharField(help_text='Of the detector that said it last.', max_length=20)),
                ('question', models.CharField(blank=True, max_length=40)),
                ('facet', models.CharField(blank=True, max_length=40)),
                ('about', models.CharField(db_collation='C', max_length=260)),
                ('strength', models.FloatField(help_text='0 to 1: how much it stands out. Orders findings of one detector.')),
                ('chance', models.FloatField(help_text="That a reviewer agrees, where the detector's scores are calibrated.", null=True)),
                ('suggestion', models.CharField(choices=[('review', 'Look at it'), ('drop', 'Leave it out'), ('soften', 'Count it less'), ('flip', 'Turn it around')], default='review', max_length=10)),
                ('words', models.CharField(help_text='What was found, in a sentence.', max_length=300)),
                ('evidence', models.JSONField(default=dict)),
                ('decision', models.CharField(blank=True, choices=[('upheld', 'The label stands'), ('overturned', 'Another answer is right'), ('another', 'Another opinion is wanted'), ('discarded', 'The item is no good'), ('coached', 'The annotator was told')], db_default='', default='', help_text="The last review's.", max_length=10)),
                ('annotation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='annotation.annotation')),
                ('checkpoint', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='modelhooks.checkpoint')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='curation.analysis')),
                ('gone', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='curation.analysis')),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='annotation.item')),
                ('last', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='curation.analysis')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='projects.project')),
            ],
        ),
        migrations.CreateModel(
            name='Measure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=30)),
                ('question', models.CharField(max_length=40)),
                ('facet', models.CharField(blank=True, max_length=40)),
                ('slice', models.CharField(blank=True, help_text='Such as tag:code; empty: all items.', max_length=100)),
                ('figures', models.JSONField()),
                ('analysis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='measures', to='curation.analysis')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.CharField(choices=[('upheld', 'The label stands'), ('overturned', 'Another answer is right'), ('another', 'Another opinion is wanted'), ('discarded', 'The item is no good'), ('coached', 'The annotator was told')], max_length=10)),
                ('note', models.TextField(blank=True, max_length=5000)),
                ('request_key', models.UUIDField(help_text="The client's Idempotency-Key: the same decision twice is one.")),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('annotation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='annotation.annotation')),
                ('finding', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='curation.finding')),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='annotation.item')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='projects.project')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('imported_name', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('question', models.CharField(max_length=40)),
                ('facet', models.CharField(blank=True, max_length=40)),
                ('labels', models.PositiveIntegerField()),
                ('figures', models.JSONField()),
                ('analysis', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='standings', to='curation.analysis')),
                ('checkpoint', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='modelhooks.checkpoint')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='analysis',
            index=models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['project', '-number'], name='analysis_finished'),
        ),
        migrations.AddConstraint(
            model_name='analysis',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='analysis_number_once'),
        ),
        migrations.AddConstraint(
            model_name='analysis',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['asked', 'labels'])), name='analysis_reason_known'),
        ),
        migrations.AddIndex(
            model_name='consensus',
            index=models.Index(condition=models.Q(('until__isnull', True)), fields=['project', 'question', 'facet', 'confidence'], name='consensus_least_sure'),
        ),
        migrations.AddIndex(
            model_name='consensus',
            index=models.Index(fields=['item'], name='consensus_by_item'),
        ),
        migrations.AddConstraint(
            model_name='consensus',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('item', 'question', 'facet', 'place'), name='consensus_once'),
        ),
        migrations.AddConstraint(
            model_name='consensus',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__gte', 0), ('confidence__lte', 1)), name='consensus_confidence_bounds'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(condition=models.Q(('decision', ''), ('gone__isnull', True)), fields=['project', '-strength', 'id'], name='finding_open'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['project', 'detector', 'decision'], name='finding_by_detector'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('project', 'detector', 'question', 'facet', 'about'), name='finding_once'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checkpoint__isnull', True), ('imported_name', ''), ('person__isnull', True)), models.Q(('checkpoint__isnull', True), ('imported_name', ''), ('person__isnull', False)), models.Q(('checkpoint__isnull', True), ('person__isnull', True), models.Q(('imported_name', ''), _negated=True)), models.Q(('checkpoint__isnull', False), ('imported_name', ''), ('person__isnull', True)), _connector='OR'), name='finding_has_one_annotator'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('strength__gte', 0), ('strength__lte', 1)), name='finding_strength_bounds'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('suggestion__in', ['review', 'drop', 'soften', 'flip'])), name='finding_suggestion_known'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ['', 'upheld', 'overturned', 'another', 'discarded', 'coached'])), name='finding_decision_known'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.UniqueConstraint(fields=('analysis', 'topic', 'question', 'facet', 'slice'), name='measure_once'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['project', '-id'], name='review_by_project'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('reviewer', 'request_key'), name='review_request_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ['upheld', 'overturned', 'another', 'discarded', 'coached'])), name='review_decision_known'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('finding__isnull', False), ('item__isnull', False), _connector='OR'), name='review_about_something'),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.UniqueConstraint(fields=('analysis', 'question', 'facet', 'person', 'imported_name', 'checkpoint'), name='standing_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checkpoint__isnull', True), ('imported_name', ''), ('person__isnull', False)), models.Q(('checkpoint__isnull', True), ('person__isnull', True), models.Q(('imported_name', ''), _negated=True)), models.Q(('checkpoint__isnull', False), ('imported_name', ''), ('person__isnull', True)), _connector='OR'), name='standing_has_one_annotator'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
