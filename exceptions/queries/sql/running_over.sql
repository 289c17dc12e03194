-- Running clocks that fell due in the range and that the sweep has not seen yet, by what is asked.
-- They have ended as breached, unless their source has not been read since they fell due
-- (exceptions.models.clock.awaiting).
SELECT CASE %(by)s
           WHEN 'clock' THEN clock.kind
           WHEN 'site' THEN site_id::text
           WHEN 'kind' THEN scoped.kind
           WHEN 'team' THEN COALESCE(team_id, 0)::text
           ELSE (clock.due_at AT TIME ZONE zone)::date::text
       END AS part,
       count(*) AS n, count(*) AS breached
FROM exceptions_clock clock
JOIN scoped ON scoped.id = clock.case_id
WHERE clock.state = 'running'
  AND clock.due_at < %(at)s
  AND NOT (
      clock.kind = 'resolve' AND EXISTS (
          SELECT 1
          FROM exceptions_case c
          JOIN exceptions_document d ON d.id = c.document_id
          JOIN exceptions_factssource s
            ON s.connection_id = d.connection_id AND s.facts_type = d.facts_type
          WHERE c.id = scoped.id AND s.read_at < clock.due_at
      )
  )
  AND clock.due_at BETWEEN %(earliest)s AND %(latest)s
  AND (clock.due_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY part
ORDER BY part
