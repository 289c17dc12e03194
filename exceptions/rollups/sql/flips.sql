-- Each time a reopened case became open, and ended.
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
)
