"""A new message wakes the relay at commit; it polls as well, so a lost wake-up costs two seconds."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION goldpan_wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('goldpan_outbox', '');
    RETURN NULL;
END $$;
CREATE TRIGGER wake_relay AFTER INSERT ON jobs_outbox FOR EACH STATEMENT EXECUTE FUNCTION goldpan_wake_relay();
"""

BACKWARD = """
DROP TRIGGER wake_relay ON jobs_outbox;
DROP FUNCTION goldpan_wake_relay();
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_first")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
