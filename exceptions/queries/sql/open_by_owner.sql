-- Open cases by team and owner.
SELECT COALESCE(team_id, 0), COALESCE(owner_id, 0), count(*) AS n
FROM scoped
WHERE state IN ('detected', 'classified', 'assigned', 'acknowledged')
GROUP BY 1, 2
ORDER BY n DESC, 1, 2
