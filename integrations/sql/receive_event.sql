-- Store one delivery of a source of events, in one statement; the same again only counts up.
INSERT INTO integrations_inboxdelivery AS d (
    connection_id, source_id, key, received_at, body, headers, state, next_attempt_at,
    attempts, duplicates, outcome
)
VALUES (
    %(connection_id)s, %(source_id)s, %(key)s, %(at)s, %(body)s, %(headers)s::jsonb, 'waiting', %(at)s,
    0, 0, ''
)
ON CONFLICT (source_id, key) WHERE source_id IS NOT NULL DO UPDATE
SET duplicates = d.duplicates + 1
RETURNING d.id, d.duplicates
