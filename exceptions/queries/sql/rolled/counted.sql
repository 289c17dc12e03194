-- The rollups of a scope: `daily` for what is told day by day, `ranged` for the whole range (whole
-- months in it as months, the days before and after as days). exceptions.queries.scope puts this
-- before the figure's own statement. Kind and team are only told where the rollups are apart.
WITH daily AS NOT MATERIALIZED (
    SELECT start AS day, site_id AS of_site, kind AS of_kind, tier AS of_tier, team_id AS of_team, what, place, n
    FROM exceptions_rollup
    WHERE whole = %(whole)s AND grain = 'd' AND figure = %(figure)s
      AND start BETWEEN %(first_day)s AND %(last_day)s
      AND site_id = ANY (%(sites)s::bigint[])
      AND kind = ANY (%(kept_kinds)s::text[])
      AND (%(tiers)s::text[] = '{}' OR tier = ANY (%(tiers)s::text[]))
      AND (%(teams)s::bigint[] = '{}' OR team_id = ANY (%(teams)s::bigint[]))
),
ranged AS NOT MATERIALIZED (
    SELECT site_id AS of_site, kind AS of_kind, tier AS of_tier, team_id AS of_team, what, place, n
    FROM unnest(%(grains)s::text[], %(starts)s::date[], %(ends)s::date[]) AS part (grain, start, ends)
    JOIN exceptions_rollup kept
      ON kept.whole = %(whole)s AND kept.grain = part.grain AND kept.figure = %(figure)s
     AND kept.start BETWEEN part.start AND part.ends
     AND site_id = ANY (%(sites)s::bigint[])
     AND kept.kind = ANY (%(kept_kinds)s::text[])
     AND (%(tiers)s::text[] = '{}' OR tier = ANY (%(tiers)s::text[]))
     AND (%(teams)s::bigint[] = '{}' OR team_id = ANY (%(teams)s::bigint[]))
)
