-- Cases become open, less cases ended; and cases on the day on which they were reopened last.
SELECT id, zone, 'open', detected_at, '', 0, 1 FROM asked WHERE reopen_count = 0
UNION ALL
SELECT id, zone, 'open', COALESCE(resolved_at, closed_at), '', 0, -1
FROM asked
WHERE reopen_count = 0 AND state IN ('resolved', 'closed')
UNION ALL
SELECT id, zone, 'open', at, '', 0, CASE WHEN opens THEN 1 ELSE -1 END FROM flip
UNION ALL
SELECT id, zone, 'reopened', at, '', 0, 1
FROM (
    SELECT DISTINCT ON (id) * FROM flip WHERE opens AND number > 0 ORDER BY id, number DESC
) latest
