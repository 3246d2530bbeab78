"""Criteria that annotators propose, and what became of them."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0014_rubric_library'),
        ('projects', '0004_gold'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CriterionProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question_key', models.CharField(max_length=40)),
                ('words', models.CharField(max_length=1000)),
                ('why', models.TextField(blank=True, max_length=2000)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('declined', 'Declined')], default='open', max_length=8)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, help_text='Why it was declined.', max_length=500)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('form', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='annotation.form')),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='annotation.item')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ('version', models.ForeignKey(help_text='What it became part of.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='annotation.rubricversion')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['project', 'id'], name='proposal_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='proposal_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open'), ('version__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'accepted'), ('version__isnull', False)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'declined'), ('version__isnull', True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='proposal_decided_whole'), models.UniqueConstraint(models.F('by'), models.F('item'), models.F('question_key'), django.db.models.functions.text.MD5('words'), condition=models.Q(('state', 'open')), name='proposal_once')],
            },
        ),
    ]
