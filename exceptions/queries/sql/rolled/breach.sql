-- Of the clocks that ended in the range, how many were breached, by what is asked.
SELECT CASE %(by)s
           WHEN 'clock' THEN what
           WHEN 'site' THEN of_site::text
           WHEN 'kind' THEN of_kind
           ELSE of_team::text
       END AS part,
       sum(n)::bigint AS n, COALESCE(sum(n) FILTER (WHERE place = 1), 0)::bigint AS breached
FROM ranged
GROUP BY part
HAVING sum(n) <> 0
ORDER BY part
