-- Cases whose subject had another case resolved in the 30 days before.
SELECT id, zone, 'recurring', detected_at, '', 0, 1
FROM asked
WHERE merged_into_id IS NULL AND EXISTS (
    SELECT 1
    FROM exceptions_case other
    WHERE other.subject_key = asked.subject_key
      AND other.id <> asked.id
      AND other.merged_into_id IS NULL
      AND other.detected_at < asked.detected_at
      AND other.resolved_at < asked.detected_at
      AND other.resolved_at >= asked.detected_at - interval '30 days'
)
