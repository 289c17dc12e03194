-- Time from being asked to the vote, of the votes of the range, by whose they are.
, length AS (
    SELECT vote.voter_id::text AS what,
           exceptions_duration_class(vote.at - level.opened_at) AS place,
           count(*) AS n
    FROM scoped
    JOIN exceptions_approvalrequest request ON request.case_id = scoped.id
    JOIN exceptions_vote vote ON vote.request_id = request.id
    JOIN exceptions_approvallevel level ON level.id = vote.level_id
    WHERE vote.at BETWEEN %(earliest)s AND %(latest)s
      AND (vote.at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
    GROUP BY what, place
)
