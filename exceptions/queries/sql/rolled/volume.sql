-- Cases by day of detection and tier.
SELECT day, what AS tier, sum(n)::bigint AS n
FROM daily
GROUP BY day, tier
HAVING sum(n) <> 0
ORDER BY day, tier
