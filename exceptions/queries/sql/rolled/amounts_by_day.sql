-- What was avoided (or lost) by day and currency: cents at place 0, cases at place 1.
SELECT day::text AS part, what AS currency,
       (sum(n) FILTER (WHERE place = 1))::bigint AS n,
       (COALESCE(sum(n) FILTER (WHERE place = 0), 0) / 100.0)::numeric(30, 2) AS value
FROM daily
GROUP BY part, currency
HAVING sum(n) FILTER (WHERE place = 1) <> 0
ORDER BY part, currency
