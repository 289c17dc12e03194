-- Time from detection to the first move made by a person, for cases detected in the range: by day of
-- detection, and (day NULL) for the whole range, in classes of duration.
, length AS (
    SELECT day, place, count(*) AS n
    FROM (
        SELECT (detected_at AT TIME ZONE zone)::date AS day,
               exceptions_duration_class(first_response_at - detected_at) AS place
        FROM scoped
        WHERE first_response_at IS NOT NULL
          AND detected_at BETWEEN %(earliest)s AND %(latest)s
          AND (detected_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
    ) response
    GROUP BY GROUPING SETS ((day, place), (place))
)
