-- Cases detected in the range by kind.
SELECT kind, count(*) AS n
FROM scoped
WHERE detected_at BETWEEN %(earliest)s AND %(latest)s
  AND (detected_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY kind
ORDER BY n DESC, kind
