-- Cases detected in the range by site.
SELECT site_id, count(*) AS n
FROM scoped
WHERE detected_at BETWEEN %(earliest)s AND %(latest)s
  AND (detected_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY site_id
