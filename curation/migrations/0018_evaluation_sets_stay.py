"""Evaluation sets and their rows are added, never edited, by trigger and by grant."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON curation_evaluationset
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON curation_evaluationrow
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
REVOKE DELETE, TRUNCATE ON curation_evaluationset, curation_evaluationrow FROM CURRENT_USER, PUBLIC;
"""
BACKWARD = """
GRANT DELETE, TRUNCATE ON curation_evaluationset, curation_evaluationrow TO CURRENT_USER;
DROP TRIGGER append_only ON curation_evaluationrow;
DROP TRIGGER append_only ON curation_evaluationset;
"""


class Migration(migrations.Migration):

    dependencies = [("audit", "0002_append_only"), ("curation", "0017_evaluations")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
