-- Of the clocks that ended in the range, how many were breached, by kind of clock.
SELECT what AS kind, sum(n)::bigint AS n, COALESCE(sum(n) FILTER (WHERE place = 1), 0)::bigint AS breached
FROM ranged
GROUP BY what
HAVING sum(n) <> 0
ORDER BY kind
