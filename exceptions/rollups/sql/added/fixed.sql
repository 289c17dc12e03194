-- Cases that somebody fixed, by kind. Place 1: another case of the subject was detected in the 30
-- days after, so the fix did not hold.
SELECT id, zone, 'fixed', resolved_at, kind,
       EXISTS (
           SELECT 1
           FROM exceptions_case later
           WHERE later.subject_key = asked.subject_key
             AND later.id <> asked.id
             AND later.merged_into_id IS NULL
             AND later.detected_at > asked.resolved_at
             AND later.detected_at <= asked.resolved_at + interval '30 days'
       )::int,
       1
FROM asked
WHERE outcome = 'fixed' AND resolved_at IS NOT NULL
