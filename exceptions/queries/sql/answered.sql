-- Time from a request for approval to its final vote, for those that people answered in the range: by
-- day of the answer, and (day NULL) for the whole range, in classes of duration.
, length AS (
    SELECT day, place, count(*) AS n
    FROM (
        SELECT (request.ended_at AT TIME ZONE zone)::date AS day,
               exceptions_duration_class(request.ended_at - request.asked_at) AS place
        FROM scoped
        JOIN exceptions_approvalrequest request ON request.case_id = scoped.id
        WHERE request.state IN ('approved', 'rejected')
          AND request.ended_at BETWEEN %(earliest)s AND %(latest)s
          AND (request.ended_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
    ) answer
    GROUP BY GROUPING SETS ((day, place), (place))
)
