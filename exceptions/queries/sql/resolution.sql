-- Seconds from detection to the last resolution, for cases resolved in the range that did not heal by
-- themselves: by day of resolution, and (day NULL) for the whole range. percentile_cont interpolates.
, resolution AS (
    SELECT (resolved_at AT TIME ZONE zone)::date AS day,
           EXTRACT(EPOCH FROM resolved_at - detected_at)::float8 AS seconds
    FROM scoped
    WHERE outcome = ANY (%(worked)s::text[])
      AND resolved_at BETWEEN %(earliest)s AND %(latest)s
      AND (resolved_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
)
SELECT day, count(*) AS n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90
FROM resolution
GROUP BY GROUPING SETS ((day), ())
ORDER BY day NULLS LAST
