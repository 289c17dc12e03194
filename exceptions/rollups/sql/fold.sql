-- Bring the difference into the rollups, and remember what the cases say now.
, added AS (
    INSERT INTO exceptions_rollup AS kept
        (whole, grain, figure, start, site_id, kind, tier, team_id, what, place, n)
    SELECT whole, grain, figure, start, site_id, of_kind, of_tier, of_team, what, place, n
    FROM spread
    ON CONFLICT (whole, grain, figure, kind, start, site_id, tier, team_id, what, place)
    DO UPDATE SET n = kept.n + EXCLUDED.n
)
INSERT INTO exceptions_caseshare AS kept (case_id, site_id, kind, tier, team_id, shares)
SELECT asked.id, site_id, kind, tier, team_id,
       jsonb_agg(jsonb_build_object('figure', figure, 'day', day, 'what', what, 'place', place, 'n', n)
                 ORDER BY figure, day, what, place)
FROM asked
JOIN share USING (id)
GROUP BY asked.id, site_id, kind, tier, team_id
ON CONFLICT (case_id)
DO UPDATE SET site_id = EXCLUDED.site_id, kind = EXCLUDED.kind, tier = EXCLUDED.tier,
              team_id = EXCLUDED.team_id, shares = EXCLUDED.shares
