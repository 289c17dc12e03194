-- What was said (`difference`) of single days, at every grain, of everything together and apart.
spread AS (
    SELECT whole, grain, figure, date_trunc(unit, day)::date AS start, site_id,
           CASE WHEN whole THEN '' ELSE kind END AS of_kind,
           CASE WHEN whole THEN '' ELSE tier END AS of_tier,
           CASE WHEN whole THEN 0 ELSE team_id END AS of_team,
           what, place, sum(n)::bigint AS n
    FROM difference
    CROSS JOIN (VALUES ('d', 'day'), ('m', 'month')) AS long (grain, unit)
    CROSS JOIN (VALUES (TRUE), (FALSE)) AS level (whole)
    GROUP BY whole, grain, figure, start, site_id, of_kind, of_tier, of_team, what, place
    HAVING sum(n) <> 0
)
