-- Cases detected in the range by hour of the week at their site: 0 is Monday from 0:00 to 1:00.
SELECT (EXTRACT(ISODOW FROM detected_at AT TIME ZONE zone)::int - 1) * 24
           + EXTRACT(HOUR FROM detected_at AT TIME ZONE zone)::int AS place,
       count(*) AS n
FROM scoped
WHERE detected_at BETWEEN %(earliest)s AND %(latest)s
  AND (detected_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY place
ORDER BY place
