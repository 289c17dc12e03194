-- The latest notifications of a person as lines: those of the same kind by the same person, each within two minutes
-- of the one before, are one line when they are at least `storm` many. `sites` NULL: every site.
WITH mine AS (
    SELECT n.id, n.what, n.by_name, n.at, n.read_at
    FROM exceptions_notification n
    LEFT JOIN exceptions_case c ON c.id = n.case_id
    WHERE n.person_id = %(person)s
      AND (c.id IS NULL OR %(sites)s::bigint[] IS NULL OR c.site_id = ANY (%(sites)s::bigint[]))
      AND (NOT %(unread)s OR n.read_at IS NULL)
      AND (%(whats)s::text[] IS NULL OR n.what = ANY (%(whats)s::text[]))
      AND (%(by)s::text IS NULL OR n.by_name = %(by)s::text)
      AND (%(since)s::timestamptz IS NULL OR n.at >= %(since)s::timestamptz)
      AND (%(until)s::timestamptz IS NULL OR n.at <= %(until)s::timestamptz)
    ORDER BY n.at DESC, n.id DESC
    LIMIT %(most)s
), steps AS (
    SELECT mine.*,
           CASE WHEN at - lag(at) OVER same <= interval '2 minutes' THEN 0 ELSE 1 END AS begins
    FROM mine
    WINDOW same AS (PARTITION BY what, by_name ORDER BY at, id)
), runs AS (
    SELECT steps.*, sum(begins) OVER (PARTITION BY what, by_name ORDER BY at, id) AS run
    FROM steps
), sized AS (
    SELECT runs.*, count(*) OVER (PARTITION BY what, by_name, run) >= %(storm)s AS together
    FROM runs
)
SELECT max(id) AS last, what, by_name, count(*) AS n, count(*) FILTER (WHERE read_at IS NULL) AS unread,
       min(at) AS since, max(at) AS until
FROM sized
GROUP BY what, by_name, run, CASE WHEN together THEN 0 ELSE id END
ORDER BY max(at) DESC, max(id) DESC
LIMIT %(lines)s
