-- Cases that ended in the range by their way through the states, and how long it took, in coarse
-- classes. Imported ones have none.
, length AS (
    SELECT exceptions_way(id) AS what,
           exceptions_coarse_class(COALESCE(resolved_at, closed_at) - detected_at) AS place,
           count(*) AS n
    FROM scoped
    WHERE state IN ('resolved', 'closed')
      AND COALESCE(resolved_at, closed_at) BETWEEN %(earliest)s AND %(latest)s
      AND (COALESCE(resolved_at, closed_at) AT TIME ZONE zone)::date
          BETWEEN %(first_day)s AND %(last_day)s
    GROUP BY what, place
)
