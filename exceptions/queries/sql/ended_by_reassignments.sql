-- Cases that ended in the range by how often they had been given to another owner.
SELECT exceptions_reassignments(id) AS place, count(*) AS n
FROM scoped
WHERE state IN ('resolved', 'closed')
  AND COALESCE(resolved_at, closed_at) BETWEEN %(earliest)s AND %(latest)s
  AND (COALESCE(resolved_at, closed_at) AT TIME ZONE zone)::date
      BETWEEN %(first_day)s AND %(last_day)s
GROUP BY place
ORDER BY place
