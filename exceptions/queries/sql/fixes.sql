-- Cases that somebody fixed in the range, by day and kind, and how many came back: another case of
-- the subject was detected in the 30 days after.
SELECT (resolved_at AT TIME ZONE zone)::date AS day, kind, count(*) AS n,
       count(*) FILTER (WHERE EXISTS (
           SELECT 1
           FROM exceptions_case later
           WHERE later.subject_key = scoped.subject_key
             AND later.id <> scoped.id
             AND later.merged_into_id IS NULL
             AND later.detected_at > scoped.resolved_at
             AND later.detected_at <= scoped.resolved_at + interval '30 days'
       )) AS came_back
FROM scoped
WHERE outcome = 'fixed'
  AND resolved_at BETWEEN %(earliest)s AND %(latest)s
  AND (resolved_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY day, kind
ORDER BY day, kind
