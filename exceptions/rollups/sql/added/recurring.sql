-- Cases detected, but for duplicates: by kind and by subject. Place 1: the subject had another case
-- resolved in the 30 days before.
SELECT id, zone, told.figure, detected_at, told.what, recurs::int, 1
FROM (
    SELECT asked.*, EXISTS (
        SELECT 1
        FROM exceptions_case other
        WHERE other.subject_key = asked.subject_key
          AND other.id <> asked.id
          AND other.merged_into_id IS NULL
          AND other.detected_at < asked.detected_at
          AND other.resolved_at < asked.detected_at
          AND other.resolved_at >= asked.detected_at - interval '30 days'
    ) AS recurs
    FROM asked
    WHERE merged_into_id IS NULL
) counting
CROSS JOIN LATERAL (VALUES ('recurring', kind), ('subject', subject_key)) AS told (figure, what)
