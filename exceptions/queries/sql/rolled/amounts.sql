-- What was avoided (or lost) in the range by currency, and by kind, site or nothing else. Cents stand
-- at place 0, cases at place 1.
SELECT CASE %(by)s WHEN 'kind' THEN of_kind WHEN 'site' THEN of_site::text ELSE '' END AS part,
       what AS currency,
       (sum(n) FILTER (WHERE place = 1))::bigint AS n,
       (COALESCE(sum(n) FILTER (WHERE place = 0), 0) / 100.0)::numeric(30, 2) AS value
FROM ranged
GROUP BY part, currency
HAVING sum(n) FILTER (WHERE place = 1) <> 0
ORDER BY part, currency
