-- Decisions for expedited freight or purchases that took effect, by the day of their proposal. Read
-- through the partial index decision_expedited.
SELECT count(*) AS n
FROM exceptions_decision decision
JOIN scoped ON scoped.id = decision.case_id
WHERE decision.kind IN ('expedite', 'expedited_purchase')
  AND decision.state IN ('approved', 'sending', 'confirmed')
  AND decision.proposed_at BETWEEN %(earliest)s AND %(latest)s
  AND (decision.proposed_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
