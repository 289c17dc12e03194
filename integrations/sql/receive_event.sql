-- Store one delivery of a source of events, in one statement; the same again only counts up. Nothing is
-- stored where the source is not as whoever checked the delivery believed it to be.
INSERT INTO integrations_inboxdelivery AS d (
    connection_id, source_id, key, received_at, body, headers, state, next_attempt_at,
    attempts, duplicates, outcome
)
SELECT s.connection_id, s.id, %(key)s, %(at)s, %(body)s, %(headers)s::jsonb, 'waiting', %(at)s,
       0, 0, ''
FROM integrations_eventsource s
WHERE s.id = %(source_id)s
  AND s.enabled
  AND s.sealed_secret = %(sealed_secret)s
  AND s.sealed_former = %(sealed_former)s
  AND s.per_minute = %(per_minute)s
ON CONFLICT (source_id, key) WHERE source_id IS NOT NULL DO UPDATE
SET duplicates = d.duplicates + 1
RETURNING d.id, d.duplicates
