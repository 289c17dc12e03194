-- How long until the first response, and until people had resolved it.
SELECT id, zone, 'response', detected_at, '',
       exceptions_duration_class(first_response_at - detected_at), 1
FROM asked
WHERE first_response_at IS NOT NULL
UNION ALL
SELECT id, zone, 'worked', resolved_at, '',
       exceptions_duration_class(resolved_at - detected_at), 1
FROM asked
WHERE outcome IN ('fixed', 'accepted') AND resolved_at IS NOT NULL
