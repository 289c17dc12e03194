-- What each of the cases (`asked`) adds to the figures: on which day of its site, told apart by `what`
-- and `place`, and how much. Nothing else says what the rollups hold. The same figures from the rows
-- themselves are in exceptions/queries/sql; tests hold the two to each other.
, flip AS (
    SELECT asked.id, zone, 0 AS number, detected_at AS at, TRUE AS opens
    FROM asked
    WHERE reopen_count > 0
    UNION ALL
    SELECT asked.id, zone, event.number,
           -- What was imported ended when its file says, not when it was read.
           COALESCE((event.data ->> 'ended_at')::timestamptz, event.at),
           event.from_state IN ('resolved', 'closed')
    FROM asked
    JOIN exceptions_caseevent event ON event.case_id = asked.id
    WHERE reopen_count > 0
      AND event.to_state <> ''
      AND (event.from_state IN ('resolved', 'closed')) <> (event.to_state IN ('resolved', 'closed'))
),
moment AS (
    SELECT id, zone, 'detected' AS figure, detected_at AS at, tier AS what, 0 AS place, 1 AS n
    FROM asked
    UNION ALL
    SELECT id, zone, 'kind', detected_at, kind, 0, 1 FROM asked
    UNION ALL
    SELECT id, zone, 'hour', detected_at, '',
           (EXTRACT(ISODOW FROM detected_at AT TIME ZONE zone)::int - 1) * 24
               + EXTRACT(HOUR FROM detected_at AT TIME ZONE zone)::int,
           1
    FROM asked
    UNION ALL
    SELECT id, zone, 'recurring', detected_at, '', 0, 1
    FROM asked
    WHERE merged_into_id IS NULL AND EXISTS (
        SELECT 1
        FROM exceptions_case other
        WHERE other.subject_key = asked.subject_key
          AND other.id <> asked.id
          AND other.merged_into_id IS NULL
          AND other.detected_at < asked.detected_at
          AND other.resolved_at < asked.detected_at
          AND other.resolved_at >= asked.detected_at - interval '30 days'
    )
    UNION ALL
    SELECT id, zone, 'response', detected_at, '',
           exceptions_duration_class(first_response_at - detected_at), 1
    FROM asked
    WHERE first_response_at IS NOT NULL
    UNION ALL
    SELECT id, zone, 'worked', resolved_at, '',
           exceptions_duration_class(resolved_at - detected_at), 1
    FROM asked
    WHERE outcome IN ('fixed', 'accepted') AND resolved_at IS NOT NULL
    UNION ALL
    SELECT id, zone, 'ended', COALESCE(resolved_at, closed_at), outcome, 0, 1
    FROM asked
    WHERE state IN ('resolved', 'closed')
    UNION ALL
    SELECT id, zone, 'open', detected_at, '', 0, 1 FROM asked WHERE reopen_count = 0
    UNION ALL
    SELECT id, zone, 'open', COALESCE(resolved_at, closed_at), '', 0, -1
    FROM asked
    WHERE reopen_count = 0 AND state IN ('resolved', 'closed')
    UNION ALL
    SELECT id, zone, 'open', at, '', 0, CASE WHEN opens THEN 1 ELSE -1 END FROM flip
    UNION ALL
    SELECT id, zone, 'reopened', at, '', 0, 1 FROM flip WHERE opens AND number > 0
    UNION ALL
    SELECT asked.id, zone, 'clock', LEAST(clock.stopped_at, clock.due_at), clock.kind,
           CASE WHEN clock.state = 'met' THEN 0 ELSE 1 END, 1
    FROM asked
    JOIN exceptions_clock clock ON clock.case_id = asked.id
    WHERE clock.state IN ('met', 'breached')
),
share AS (
    SELECT id, figure, (at AT TIME ZONE zone)::date AS day, what, place, sum(n)::bigint AS n
    FROM moment
    GROUP BY id, figure, day, what, place
    HAVING sum(n) <> 0
)
