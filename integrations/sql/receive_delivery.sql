-- Store one delivery, in one statement: find the connection by its secret, count up if it came before.
-- A body without a stamp says only "look again": once it has been worked through, it is news again.
INSERT INTO integrations_inboxdelivery AS d (
    connection_id, key, received_at, body, headers, state, next_attempt_at,
    attempts, duplicates, outcome
)
SELECT a.connection_id, %(key)s, %(at)s, %(body)s, %(headers)s::jsonb, 'waiting', %(next_attempt_at)s,
       0, 0, ''
FROM integrations_odooaccess a
WHERE a.hook_digest = %(hook_digest)s
ON CONFLICT (connection_id, key) WHERE source_id IS NULL DO UPDATE SET
    duplicates = d.duplicates + 1,
    state = CASE WHEN %(is_news_again)s AND d.state = 'done' THEN 'waiting' ELSE d.state END,
    next_attempt_at = CASE WHEN %(is_news_again)s AND d.state = 'done'
                           THEN EXCLUDED.next_attempt_at ELSE d.next_attempt_at END,
    attempts = CASE WHEN %(is_news_again)s AND d.state = 'done' THEN 0 ELSE d.attempts END,
    failures = CASE WHEN %(is_news_again)s AND d.state = 'done' THEN 0 ELSE d.failures END,
    done_at = CASE WHEN %(is_news_again)s AND d.state = 'done' THEN NULL ELSE d.done_at END
RETURNING d.id, d.duplicates
