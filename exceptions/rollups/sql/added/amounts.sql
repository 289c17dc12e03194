-- What ended cases avoided and what was lost with them, on the day of their end, by currency: cents
-- (place 0), and how many cases (place 1). And those of which nobody has said either, by outcome.
SELECT id, zone, figure, COALESCE(resolved_at, closed_at), amounts_currency, place,
       CASE place WHEN 0 THEN (amount * 100)::bigint ELSE 1 END
FROM asked
CROSS JOIN LATERAL (VALUES ('avoided', avoided), ('lost', lost)) AS said (figure, amount)
CROSS JOIN (VALUES (0), (1)) AS told (place)
WHERE state IN ('resolved', 'closed') AND amount IS NOT NULL
UNION ALL
SELECT id, zone, 'unsaid', COALESCE(resolved_at, closed_at), outcome, 0, 1
FROM asked
WHERE state IN ('resolved', 'closed') AND avoided IS NULL AND lost IS NULL
  AND outcome IN ('fixed', 'self_healed', 'accepted')
