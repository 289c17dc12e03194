-- Where the rollups hold something else.
SELECT concat_ws(' ', whole, grain, figure, start, site_id, of_kind, of_tier, of_team, what, place),
       COALESCE(kept.n, 0), COALESCE(spread.n, 0)
FROM spread
FULL JOIN (
    SELECT whole, grain, figure, start, site_id, kind AS of_kind, tier AS of_tier,
           team_id AS of_team, what, place, n
    FROM exceptions_rollup
    WHERE n <> 0
) kept USING (whole, grain, figure, start, site_id, of_kind, of_tier, of_team, what, place)
WHERE kept.n IS DISTINCT FROM spread.n
ORDER BY 1
