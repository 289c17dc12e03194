-- Some cases, each with the zone of its site.
WITH asked AS MATERIALIZED (
    SELECT c.id, c.site_id, c.kind, c.tier, COALESCE(c.team_id, 0) AS team_id, c.state, c.outcome,
           c.detected_at, c.classified_at, c.assigned_at, c.acknowledged_at, c.first_response_at,
           c.resolved_at, c.closed_at, c.reopen_count,
           c.subject_key, c.merged_into_id, c.avoided, c.lost, c.amounts_currency,
           site.time_zone AS zone
    FROM exceptions_case c
    JOIN exceptions_site site ON site.id = c.site_id
    WHERE c.id = ANY (%(cases)s)
)
