-- What was decided of a case: the last of its decisions that were taken and not undone.
SELECT asked.id, zone, 'decided', taken.at, taken.kind, 0, 1
FROM asked
CROSS JOIN LATERAL (
    SELECT COALESCE(d.approved_at, d.proposed_at) AS at, d.kind
    FROM exceptions_decision d
    WHERE d.case_id = asked.id AND d.kind <> 'undo'
      AND d.state IN ('approved', 'sending', 'confirmed')
      AND NOT EXISTS (
          SELECT 1
          FROM exceptions_decision undo
          WHERE undo.undoes_id = d.id AND undo.state IN ('approved', 'sending', 'confirmed')
      )
    ORDER BY d.id DESC
    LIMIT 1
) AS taken
