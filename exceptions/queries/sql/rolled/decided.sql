-- What was decided in the range, by kind, tier, site, team and decision.
SELECT of_kind, of_tier, of_site, of_team, what AS decision, sum(n)::bigint AS n
FROM ranged
GROUP BY of_kind, of_tier, of_site, of_team, what
HAVING sum(n) <> 0
ORDER BY 1, 2, 3, 4, 5
