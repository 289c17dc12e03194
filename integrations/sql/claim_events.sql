-- Lease a batch of due deliveries of the sources of events that are on, oldest first: whoever dies
-- with them loses nothing. Materialised, for a sub-select in IN may be run once a row.
WITH due AS MATERIALIZED (
    SELECT d.id
    FROM integrations_inboxdelivery d
    WHERE d.source_id IS NOT NULL
      AND d.state = 'waiting'
      AND d.next_attempt_at <= %(at)s
    ORDER BY d.next_attempt_at, d.id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE integrations_inboxdelivery AS claimed
SET attempts = claimed.attempts + 1, next_attempt_at = %(lease_until)s
FROM due
WHERE claimed.id = due.id
RETURNING claimed.id
