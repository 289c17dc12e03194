-- Time from detection to the last resolution, for cases resolved in the range that did not heal by
-- themselves: by day of resolution, and (day NULL) for the whole range, in classes of duration.
, length AS (
    SELECT day, place, count(*) AS n
    FROM (
        SELECT (resolved_at AT TIME ZONE zone)::date AS day,
               exceptions_duration_class(resolved_at - detected_at) AS place
        FROM scoped
        WHERE outcome = ANY (%(worked)s::text[])
          AND resolved_at BETWEEN %(earliest)s AND %(latest)s
          AND (resolved_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
    ) resolution
    GROUP BY GROUPING SETS ((day, place), (place))
)
