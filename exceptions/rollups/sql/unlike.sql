-- Which of these cases say something else than what was counted of them. Not those that wait to be
-- counted, nor those that may recur with one that waits.
, saying AS (
    SELECT id, jsonb_agg(jsonb_build_object('figure', figure, 'day', day, 'what', what,
                                            'place', place, 'n', n)
                         ORDER BY figure, day, what, place) AS shares
    FROM share
    GROUP BY id
)
SELECT asked.id
FROM asked
JOIN saying ON saying.id = asked.id
LEFT JOIN exceptions_caseshare kept ON kept.case_id = asked.id
WHERE (kept.site_id, kept.kind, kept.tier, kept.team_id, kept.shares)
      IS DISTINCT FROM (asked.site_id, asked.kind, asked.tier, asked.team_id, saying.shares)
  AND NOT EXISTS (
        SELECT 1
        FROM exceptions_stalecase stale
        WHERE stale.case_id = asked.id OR stale.subject_key = asked.subject_key
    )
ORDER BY asked.id
