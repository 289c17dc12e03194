-- By day and by what it was, how much there is, and how much of it is at place 1.
SELECT day, what, sum(n)::bigint AS n,
       COALESCE(sum(n) FILTER (WHERE place = 1), 0)::bigint AS part
FROM daily
GROUP BY day, what
HAVING sum(n) <> 0
ORDER BY day, what
