-- Cases open at the end of each day of the range, in the zone of their site.
-- A case is open at the end of a day when it had become open by then and had not ended by then. Only
-- cases that are open or ended after the range began can count; only reopened ones need their history.
, candidate AS (
    SELECT *
    FROM scoped
    WHERE state IN ('detected', 'classified', 'assigned', 'acknowledged')
      AND detected_at <= %(latest)s
    UNION ALL
    SELECT *
    FROM scoped
    WHERE state IN ('resolved', 'closed')
      AND COALESCE(resolved_at, closed_at) >= %(earliest)s
      AND detected_at <= %(latest)s
),
flip AS (
    SELECT id, zone, 0 AS number, detected_at AS at, TRUE AS opens
    FROM candidate
    WHERE reopen_count > 0
    UNION ALL
    SELECT candidate.id, zone, event.number,
           -- What was imported ended when its file says, not when it was read.
           COALESCE((event.data ->> 'ended_at')::timestamptz, event.at),
           event.from_state IN ('resolved', 'closed')
    FROM candidate
    JOIN exceptions_caseevent event ON event.case_id = candidate.id
    WHERE reopen_count > 0
      AND event.to_state <> ''
      AND (event.from_state IN ('resolved', 'closed')) <> (event.to_state IN ('resolved', 'closed'))
),
span AS (
    SELECT zone, detected_at AS opened_at, COALESCE(resolved_at, closed_at) AS ended_at
    FROM candidate
    WHERE reopen_count = 0
    UNION ALL
    SELECT zone, at, next_at
    FROM (SELECT *, lead(at) OVER (PARTITION BY id ORDER BY number) AS next_at FROM flip) f
    WHERE opens
),
change AS (
    SELECT GREATEST((opened_at AT TIME ZONE zone)::date, %(first_day)s) AS day, 1 AS by FROM span
    UNION ALL
    SELECT GREATEST((ended_at AT TIME ZONE zone)::date, %(first_day)s), -1
    FROM span
    WHERE ended_at IS NOT NULL
),
balance AS (
    SELECT day, sum(by) AS by FROM change GROUP BY day
)
SELECT calendar.day::date, COALESCE(sum(balance.by) OVER (ORDER BY calendar.day), 0)::bigint AS n
FROM generate_series(%(first_day)s::timestamp, %(last_day)s::timestamp, '1 day') AS calendar (day)
LEFT JOIN balance ON balance.day = calendar.day::date
ORDER BY 1
