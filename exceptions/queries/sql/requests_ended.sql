-- Requests for approval that ended in the range, by how.
SELECT request.state, count(*) AS n
FROM scoped
JOIN exceptions_approvalrequest request ON request.case_id = scoped.id
WHERE request.ended_at BETWEEN %(earliest)s AND %(latest)s
  AND (request.ended_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY request.state
ORDER BY n DESC, request.state
