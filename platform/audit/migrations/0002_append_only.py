"""Events and blocks are append-only, by trigger and by grant; and a lock lets the sealer see a closed set of ids.

Whoever inserts events holds a shared advisory lock until commit, taken before any id is drawn (a statement trigger
runs before defaults are computed). The sealer takes it exclusively, so no lower id can still be on its way.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION goldpan_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION goldpan_hold_id_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext(TG_ARGV[0]));
    RETURN NULL;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_block
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
CREATE TRIGGER hold_id_lock BEFORE INSERT ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_hold_id_lock('audit_event');
REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_block FROM CURRENT_USER, PUBLIC;
"""

BACKWARD = """
GRANT UPDATE, DELETE, TRUNCATE ON audit_event, audit_block TO CURRENT_USER;
DROP TRIGGER hold_id_lock ON audit_event;
DROP TRIGGER append_only ON audit_block;
DROP TRIGGER append_only ON audit_event;
DROP FUNCTION goldpan_hold_id_lock();
DROP FUNCTION goldpan_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_first")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
