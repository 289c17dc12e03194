-- What the range holds, by what it was, most first.
SELECT what, sum(n)::bigint AS n
FROM ranged
GROUP BY what
HAVING sum(n) <> 0
ORDER BY n DESC, what
