"""Two laws held by the database itself: history is append-only, and states change only as RULES say."""

from django.db import migrations

HISTORY = """
CREATE FUNCTION exceptions_history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER caseevent_append_only
    BEFORE UPDATE OR DELETE ON exceptions_caseevent
    FOR EACH ROW EXECUTE FUNCTION exceptions_history_is_append_only();

CREATE TRIGGER caseevent_no_truncate
    BEFORE TRUNCATE ON exceptions_caseevent
    FOR EACH STATEMENT EXECUTE FUNCTION exceptions_history_is_append_only();
"""

# The pairs of exceptions.rules.legal_pairs(); a test compares the two.
LEGAL_PAIRS = [
    ("acknowledged", "assigned"),
    ("acknowledged", "closed"),
    ("acknowledged", "resolved"),
    ("assigned", "acknowledged"),
    ("assigned", "closed"),
    ("assigned", "resolved"),
    ("classified", "assigned"),
    ("classified", "closed"),
    ("classified", "resolved"),
    ("closed", "assigned"),
    ("detected", "classified"),
    ("detected", "closed"),
    ("detected", "resolved"),
    ("resolved", "assigned"),
    ("resolved", "closed"),
]

TRANSITIONS = f"""
CREATE FUNCTION exceptions_case_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN ({", ".join(str(pair) for pair in LEGAL_PAIRS)}) THEN
        RAISE EXCEPTION 'a case cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.event_count <= OLD.event_count THEN
        RAISE EXCEPTION 'a case changes state only with an event in its history'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER case_transition
    BEFORE UPDATE OF state ON exceptions_case
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION exceptions_case_transition();
"""


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            HISTORY,
            """
            DROP TRIGGER caseevent_no_truncate ON exceptions_caseevent;
            DROP TRIGGER caseevent_append_only ON exceptions_caseevent;
            DROP FUNCTION exceptions_history_is_append_only();
            """,
        ),
        migrations.RunSQL(
            TRANSITIONS,
            """
            DROP TRIGGER case_transition ON exceptions_case;
            DROP FUNCTION exceptions_case_transition();
            """,
        ),
    ]
