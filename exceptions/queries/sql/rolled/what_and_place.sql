-- What the range holds, by what it was and its place.
SELECT what, place, sum(n)::bigint AS n
FROM ranged
GROUP BY what, place
HAVING sum(n) <> 0
