-- The clocks of open cases that run, or were breached and still wait, by how much is left of their
-- business time: `calendars` and beside each the instants when 1, 4, 8 and 24 hours will have passed.
-- What fell due while its source has not been read since is told apart (exceptions.models.clock.awaiting).
SELECT CASE
           WHEN clock.state = 'breached' THEN 'over'
           WHEN clock.due_at < %(at)s AND clock.kind = 'resolve' AND EXISTS (
               SELECT 1
               FROM exceptions_case c
               JOIN exceptions_document d ON d.id = c.document_id
               JOIN exceptions_factssource s
                 ON s.connection_id = d.connection_id AND s.facts_type = d.facts_type
               WHERE c.id = scoped.id AND s.read_at < clock.due_at
           ) THEN 'unread'
           WHEN clock.due_at < %(at)s THEN 'over'
           WHEN clock.due_at < cut.hour THEN 'hour'
           WHEN clock.due_at < cut.hours_4 THEN 'hours_4'
           WHEN clock.due_at < cut.hours_8 THEN 'hours_8'
           WHEN clock.due_at < cut.day THEN 'day'
           ELSE 'later'
       END AS time_left,
       clock.kind, count(*) AS n
FROM scoped
JOIN exceptions_clock clock
  ON clock.case_id = scoped.id AND clock.stopped_at IS NULL AND clock.state IN ('running', 'breached')
LEFT JOIN unnest(
    %(calendars)s::bigint[], %(hour)s::timestamptz[], %(hours_4)s::timestamptz[],
    %(hours_8)s::timestamptz[], %(day)s::timestamptz[]
) AS cut (calendar, hour, hours_4, hours_8, day)
  ON cut.calendar = COALESCE(clock.calendar_version_id, 0)
WHERE scoped.state IN ('detected', 'classified', 'assigned', 'acknowledged')
GROUP BY time_left, clock.kind
