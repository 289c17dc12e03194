-- Of the clocks that ended on each day, how many were breached.
SELECT day::text AS part,
       sum(n)::bigint AS n, COALESCE(sum(n) FILTER (WHERE place = 1), 0)::bigint AS breached
FROM daily
GROUP BY day
HAVING sum(n) <> 0
ORDER BY day
