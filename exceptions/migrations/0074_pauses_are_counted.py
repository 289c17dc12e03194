from django.db import migrations

# Pauses are counted with their cases.
NOTES = """
CREATE FUNCTION exceptions_pause_is_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exceptions_stalecase (case_id, subject_key) VALUES (NEW.case_id, '');
    RETURN NULL;
END $$;
CREATE TRIGGER pause_is_new AFTER INSERT ON exceptions_pause
    FOR EACH ROW EXECUTE FUNCTION exceptions_pause_is_stale();
CREATE TRIGGER pause_is_stale AFTER UPDATE ON exceptions_pause
    FOR EACH ROW
    WHEN ((OLD.waiting_for, OLD.started_at, OLD.ends_by, OLD.ended_at)
          IS DISTINCT FROM (NEW.waiting_for, NEW.started_at, NEW.ends_by, NEW.ended_at))
    EXECUTE FUNCTION exceptions_pause_is_stale();
"""
FORGET = """
DROP TRIGGER pause_is_stale ON exceptions_pause;
DROP TRIGGER pause_is_new ON exceptions_pause;
DROP FUNCTION exceptions_pause_is_stale();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exceptions', '0073_walks'),
    ]

    operations = [
        migrations.RunSQL(NOTES, FORGET),
    ]
