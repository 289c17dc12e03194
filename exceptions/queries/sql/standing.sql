-- Open cases by state.
SELECT state, count(*) AS n
FROM scoped
WHERE state IN ('detected', 'classified', 'assigned', 'acknowledged')
GROUP BY state
ORDER BY state
