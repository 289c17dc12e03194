-- Store one delivery, in one statement: find the connection by its secret, count up if it came before.
INSERT INTO integrations_inboxdelivery AS d (
    connection_id, key, received_at, body, headers, state, next_attempt_at,
    attempts, duplicates, outcome
)
SELECT a.connection_id, %(key)s, %(at)s, %(body)s, %(headers)s::jsonb, 'waiting', %(next_attempt_at)s,
       0, 0, ''
FROM integrations_odooaccess a
WHERE a.hook_digest = %(hook_digest)s
ON CONFLICT (connection_id, key) DO UPDATE SET duplicates = d.duplicates + 1
RETURNING d.id, d.duplicates
