-- Cases detected in the range, but for duplicates, by day and kind, and how many of them recur: their
-- subject had another case resolved in the 30 days before.
SELECT (detected_at AT TIME ZONE zone)::date AS day, kind, count(*) AS n,
       count(*) FILTER (WHERE EXISTS (
           SELECT 1
           FROM exceptions_case other
           WHERE other.subject_key = scoped.subject_key
             AND other.id <> scoped.id
             AND other.merged_into_id IS NULL
             AND other.detected_at < scoped.detected_at
             AND other.resolved_at < scoped.detected_at
             AND other.resolved_at >= scoped.detected_at - interval '30 days'
       )) AS recurring
FROM scoped
WHERE merged_into_id IS NULL
  AND detected_at BETWEEN %(earliest)s AND %(latest)s
  AND (detected_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY day, kind
ORDER BY day, kind
