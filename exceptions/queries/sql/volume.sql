-- Cases by day of detection (in the zone of their site) and tier.
SELECT (detected_at AT TIME ZONE zone)::date AS day, tier, count(*) AS n
FROM scoped
WHERE detected_at BETWEEN %(earliest)s AND %(latest)s
  AND (detected_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY day, tier
ORDER BY day, tier
