from django.db import migrations

# Steps are counted in classes an eighth of a power of two wide; ways are written a letter a state.
# These two say of one case what the rollups say of many.
WALKS = """
CREATE FUNCTION exceptions_coarse_class(span interval) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN place < 64 THEN place ELSE place - place % 4 + 2 END
    FROM (SELECT exceptions_duration_class(span) AS place) fine
$$;
CREATE FUNCTION exceptions_state_letter(state text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE state WHEN 'detected' THEN 'd' WHEN 'classified' THEN 'c' WHEN 'assigned' THEN 'a'
                      WHEN 'acknowledged' THEN 'k' WHEN 'resolved' THEN 'r' ELSE 'x' END
$$;
CREATE FUNCTION exceptions_way(asked bigint) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN bool_or(happening = 'imported' OR via = 'import') THEN ''
                ELSE left('d' || COALESCE(string_agg(exceptions_state_letter(to_state), ''
                                                     ORDER BY number), ''), 160) END
    FROM exceptions_caseevent
    WHERE case_id = asked AND to_state <> '' AND to_state <> from_state
$$;
CREATE FUNCTION exceptions_movers(asked bigint) RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT count(DISTINCT actor_id)::integer
    FROM exceptions_caseevent
    WHERE case_id = asked AND move <> '' AND actor_id IS NOT NULL AND via <> 'import'
$$;
CREATE FUNCTION exceptions_reassignments(asked bigint) RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT count(*)::integer
    FROM exceptions_caseevent
    WHERE case_id = asked AND move = 'assign' AND from_state IN ('assigned', 'acknowledged')
$$;

CREATE FUNCTION exceptions_moved_is_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exceptions_stalecase (case_id, subject_key) VALUES (NEW.case_id, '');
    RETURN NULL;
END $$;
CREATE TRIGGER moved_is_stale AFTER INSERT ON exceptions_caseevent
    FOR EACH ROW WHEN (NEW.move <> '')
    EXECUTE FUNCTION exceptions_moved_is_stale();
"""
FORGET = """
DROP TRIGGER moved_is_stale ON exceptions_caseevent;
DROP FUNCTION exceptions_moved_is_stale();
DROP FUNCTION exceptions_reassignments(bigint);
DROP FUNCTION exceptions_movers(bigint);
DROP FUNCTION exceptions_way(bigint);
DROP FUNCTION exceptions_state_letter(text);
DROP FUNCTION exceptions_coarse_class(interval);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exceptions', '0072_the_executive_report'),
    ]

    operations = [
        migrations.RunSQL(WALKS, FORGET),
    ]
