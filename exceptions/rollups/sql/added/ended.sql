-- Cases on the day of their end, by outcome.
SELECT id, zone, 'ended', COALESCE(resolved_at, closed_at), outcome, 0, 1
FROM asked
WHERE state IN ('resolved', 'closed')
