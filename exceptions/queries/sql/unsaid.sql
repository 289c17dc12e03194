-- Cases that ended in the range as exceptions of their own, and nobody said what they avoided or
-- lost, by outcome.
SELECT outcome, count(*) AS n
FROM scoped
WHERE state IN ('resolved', 'closed') AND avoided IS NULL AND lost IS NULL
  AND outcome IN ('fixed', 'self_healed', 'accepted')
  AND COALESCE(resolved_at, closed_at) BETWEEN %(earliest)s AND %(latest)s
  AND (COALESCE(resolved_at, closed_at) AT TIME ZONE zone)::date
      BETWEEN %(first_day)s AND %(last_day)s
GROUP BY outcome
