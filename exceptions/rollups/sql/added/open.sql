-- Cases become open, less cases ended; and reopened.
SELECT id, zone, 'open', detected_at, '', 0, 1 FROM asked WHERE reopen_count = 0
UNION ALL
SELECT id, zone, 'open', COALESCE(resolved_at, closed_at), '', 0, -1
FROM asked
WHERE reopen_count = 0 AND state IN ('resolved', 'closed')
UNION ALL
SELECT id, zone, 'open', at, '', 0, CASE WHEN opens THEN 1 ELSE -1 END FROM flip
UNION ALL
SELECT id, zone, 'reopened', at, '', 0, 1 FROM flip WHERE opens AND number > 0
