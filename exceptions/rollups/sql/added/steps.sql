-- Each step of a case from one state to the next on its day, and how long the case had stood where it
-- came from. Classes are coarse: told apart by step there are many.
SELECT id, zone, 'step', at, from_state || '>' || to_state, exceptions_coarse_class(at - since), 1
FROM step
WHERE NOT told
UNION ALL
-- Cases on the day of their end: by their way through the states (none of what was imported), and how
-- long it took.
SELECT asked.id, asked.zone, 'way', COALESCE(resolved_at, closed_at),
       CASE WHEN way.told THEN '' ELSE COALESCE(way.letters, 'd') END,
       exceptions_coarse_class(COALESCE(resolved_at, closed_at) - detected_at), 1
FROM asked
LEFT JOIN (
    SELECT id, bool_or(told) AS told,
           left('d' || string_agg(exceptions_state_letter(to_state), '' ORDER BY number), 160) AS letters
    FROM step
    GROUP BY id
) way ON way.id = asked.id
WHERE state IN ('resolved', 'closed')
