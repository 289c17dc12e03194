-- The moves (`moved`) by the team that the case belongs to now.
SELECT team_id, sum(n)::bigint AS n
FROM moved
GROUP BY team_id
HAVING sum(n) <> 0
ORDER BY n DESC, team_id
