-- What the range holds, by site.
SELECT of_site, sum(n)::bigint AS n
FROM ranged
GROUP BY of_site
HAVING sum(n) <> 0
