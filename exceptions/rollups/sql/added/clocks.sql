-- Clocks on the day of their end, breached (place 1) or not.
SELECT asked.id, zone, 'clock', LEAST(clock.stopped_at, clock.due_at), clock.kind,
       CASE WHEN clock.state = 'met' THEN 0 ELSE 1 END, 1
FROM asked
JOIN exceptions_clock clock ON clock.case_id = asked.id
WHERE clock.state IN ('met', 'breached')
