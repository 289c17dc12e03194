-- Seconds from detection to the first move made by a person, for cases detected in the range:
-- by day of detection, and (day NULL) for the whole range. percentile_cont interpolates.
, response AS (
    SELECT (detected_at AT TIME ZONE zone)::date AS day,
           EXTRACT(EPOCH FROM first_response_at - detected_at)::float8 AS seconds
    FROM scoped
    WHERE first_response_at IS NOT NULL
      AND detected_at BETWEEN %(earliest)s AND %(latest)s
      AND (detected_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
)
SELECT day, count(*) AS n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90
FROM response
GROUP BY GROUPING SETS ((day), ())
ORDER BY day NULLS LAST
