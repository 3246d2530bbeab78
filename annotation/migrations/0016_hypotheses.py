"""Criteria that a writer guesses are kept as a rubric of their own until labels speak for them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0015_criterion_proposals'),
    ]

    operations = [
        migrations.AlterField(
            model_name='rubricversion',
            name='source',
            field=models.CharField(choices=[('human', 'Written by a person'), ('contrast', 'Written from preferred and rejected responses'), ('merged', 'Merged from several rubrics'), ('principles', 'Taken from justifications'), ('constraints', 'Taken from instructions'), ('checklist', 'Written as a checklist of turns'), ('openrubrics', 'Imported as OpenRubrics'), ('prometheus', 'Imported as Prometheus'), ('wildbench', 'Imported as WildBench'), ('rar', 'Imported as Rubrics as Rewards'), ('goldpan', "Imported as Goldpan's own"), ('evolved', 'Revised from its errors'), ('hypotheses', 'Guessed from what a rubric leaves open'), ('forked', 'Forked')], default='human', max_length=12),
        ),
    ]
