"""Annotations are added, never edited: by trigger and by grant. Items keep their text for as long as labels point at it."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annotation_annotation
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_append_only();
CREATE TRIGGER hold_id_lock BEFORE INSERT ON annotation_annotation
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_hold_id_lock('annotation_annotation');
REVOKE DELETE, TRUNCATE ON annotation_annotation FROM CURRENT_USER, PUBLIC;

CREATE FUNCTION goldpan_supersedes_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM annotation_annotation earlier
        WHERE earlier.id = NEW.supersedes_id AND earlier.item_id = NEW.item_id
          AND earlier.author_id IS NOT DISTINCT FROM NEW.author_id AND earlier.imported_name = NEW.imported_name
    ) THEN
        RAISE EXCEPTION 'an annotation supersedes only one of the same item and annotator'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supersedes_own BEFORE INSERT ON annotation_annotation
    FOR EACH ROW EXECUTE FUNCTION goldpan_supersedes_own();

CREATE FUNCTION goldpan_item_text_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the text of an item never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER text_stays BEFORE UPDATE OF messages, responses, digest, key, project_id ON annotation_item
    FOR EACH STATEMENT EXECUTE FUNCTION goldpan_item_text_stays();

ALTER TABLE annotation_slot SET (fillfactor = 80);
ALTER TABLE annotation_lease SET (fillfactor = 90);
"""

BACKWARD = """
DROP TRIGGER text_stays ON annotation_item;
DROP FUNCTION goldpan_item_text_stays();
DROP TRIGGER supersedes_own ON annotation_annotation;
DROP FUNCTION goldpan_supersedes_own();
GRANT DELETE, TRUNCATE ON annotation_annotation TO CURRENT_USER;
DROP TRIGGER hold_id_lock ON annotation_annotation;
DROP TRIGGER append_only ON annotation_annotation;
"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0001_first"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
