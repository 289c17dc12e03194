-- Lease the next due message: of each record and target only the earliest unfinished one, never one that is leased.
-- The switches of a connection, and the rest of its Odoo, are for what is done there; mail and n8n go on without.
UPDATE exceptions_outboxmessage AS claimed
SET state = 'sending', lease_until = %(lease_until)s, attempts = claimed.attempts + 1
WHERE claimed.id = (
    SELECT m.id
    FROM exceptions_outboxmessage m
    JOIN exceptions_connection c ON c.id = m.connection_id
    JOIN exceptions_case of_case ON of_case.id = m.case_id
    LEFT JOIN integrations_odooaccess a ON a.connection_id = c.id
    WHERE CASE WHEN m.target IN ('source', 'automation')
               THEN c.enabled AND c.sending AND a.user_id IS NOT NULL
                    AND (a.rest_until IS NULL OR a.rest_until <= %(at)s)
                    AND m.connection_id <> ALL(%(silent)s::bigint[])
               ELSE m.target <> ALL(%(silent_targets)s::text[])
          END
      AND m.state IN ('pending', 'sending', 'ambiguous')
      AND m.next_attempt_at <= %(at)s
      AND (m.lease_until IS NULL OR m.lease_until < %(at)s)
      -- What a kill switch stops waits; what the source has said yes to is still looked for.
      AND (m.answered_at IS NOT NULL OR NOT EXISTS (
          SELECT 1
          FROM exceptions_killswitch k
          WHERE k.released_at IS NULL
            AND k.verb IN ('', m.verb)
            AND (k.site_id IS NULL OR k.site_id = of_case.site_id)
      ))
      AND NOT EXISTS (
          SELECT 1
          FROM exceptions_outboxmessage earlier
          WHERE earlier.connection_id = m.connection_id
            AND earlier.model = m.model
            AND earlier.record_id = m.record_id
            AND earlier.target = m.target
            AND earlier.id < m.id
            AND earlier.state IN ('pending', 'sending', 'ambiguous')
      )
    ORDER BY m.next_attempt_at, m.id
    LIMIT 1
    FOR UPDATE OF m SKIP LOCKED
)
RETURNING claimed.id
