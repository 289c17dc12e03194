-- Time until somebody who may vote looked, of levels that were answered in the range, by number. Who
-- answered without the page (by mail, by API) had only waited.
, length AS (
    SELECT level.number::text AS what,
           exceptions_duration_class(
               COALESCE(level.first_seen_at, level.ended_at) - level.opened_at
           ) AS place,
           count(*) AS n
    FROM scoped
    JOIN exceptions_approvalrequest request ON request.case_id = scoped.id
    JOIN exceptions_approvallevel level ON level.request_id = request.id
    WHERE level.state IN ('passed', 'refused')
      AND level.ended_at BETWEEN %(earliest)s AND %(latest)s
      AND (level.ended_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
    GROUP BY what, place
)
