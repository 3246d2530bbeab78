from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0004_question_condition")]

    operations = [
        migrations.AddField(
            model_name="item",
            name="rubric",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="Its own criteria, where it has some.",
            ),
        ),
    ]
