-- Cases that were reopened in the range, the last time if more than once.
SELECT count(*) AS n
FROM scoped
JOIN LATERAL (
    -- What was imported was reopened when its file says, not when it was read.
    SELECT COALESCE((event.data ->> 'ended_at')::timestamptz, event.at) AS at
    FROM exceptions_caseevent event
    WHERE event.case_id = scoped.id
      AND event.from_state IN ('resolved', 'closed')
      AND event.to_state NOT IN ('', 'resolved', 'closed')
    ORDER BY event.number DESC
    LIMIT 1
) latest ON TRUE
WHERE reopen_count > 0
  AND detected_at <= %(latest)s
  AND (latest.at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
