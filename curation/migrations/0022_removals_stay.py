"""Removals are added, never edited, by trigger and by grant."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON curation_removal
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
REVOKE DELETE, TRUNCATE ON curation_removal FROM CURRENT_USER, PUBLIC;
"""
BACKWARD = """
GRANT DELETE, TRUNCATE ON curation_removal TO CURRENT_USER;
DROP TRIGGER append_only ON curation_removal;
"""


class Migration(migrations.Migration):

    dependencies = [("audit", "0002_append_only"), ("curation", "0021_removals")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
