-- What the range holds, by its place.
SELECT place, sum(n)::bigint AS n
FROM ranged
GROUP BY place
HAVING sum(n) <> 0
ORDER BY place
