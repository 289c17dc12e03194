-- The cases of a scope, each with the zone of its site. Every dashboard figure starts from here:
-- exceptions.queries.scope puts this before the figure's own statement. An empty list means "all".
-- Not materialized, so that each figure finds its few rows by an index, however long the history is.
WITH scoped AS NOT MATERIALIZED (
    SELECT c.id, c.site_id, c.kind, c.tier, c.team_id, c.owner_id, c.state, c.outcome, c.currency,
           c.value_at_risk, c.detected_at, c.classified_at, c.assigned_at, c.acknowledged_at,
           c.first_response_at, c.resolved_at, c.closed_at, c.reopen_count, c.subject_key,
           c.merged_into_id, c.avoided, c.lost, c.amounts_currency,
           site.time_zone AS zone
    FROM exceptions_case c
    JOIN exceptions_site site ON site.id = c.site_id
    WHERE c.site_id = ANY (%(sites)s::bigint[])
      AND (%(kinds)s::text[] = '{}' OR c.kind = ANY (%(kinds)s::text[]))
      AND (%(tiers)s::text[] = '{}' OR c.tier = ANY (%(tiers)s::text[]))
      AND (%(teams)s::bigint[] = '{}' OR COALESCE(c.team_id, 0) = ANY (%(teams)s::bigint[]))
      AND (%(owners)s::bigint[] = '{}' OR COALESCE(c.owner_id, 0) = ANY (%(owners)s::bigint[]))
)
