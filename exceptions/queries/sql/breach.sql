-- Of the clocks that ended in the range, how many were breached, by what is asked.
-- A met clock ends when it is stopped, a breached one when it fell due; a running clock that is past
-- due has ended as breached, whether or not the sweep has been there, unless its source has not been
-- read since (exceptions.models.clock.awaiting). Cancelled and paused clocks do not count.
SELECT CASE %(by)s
           WHEN 'clock' THEN clock.kind
           WHEN 'site' THEN site_id::text
           WHEN 'kind' THEN scoped.kind
           WHEN 'team' THEN COALESCE(team_id, 0)::text
           ELSE (LEAST(clock.stopped_at, clock.due_at) AT TIME ZONE zone)::date::text
       END AS part,
       count(*) AS n, count(*) FILTER (WHERE clock.state <> 'met') AS breached
FROM scoped
JOIN exceptions_clock clock ON clock.case_id = scoped.id
WHERE clock.state NOT IN ('cancelled', 'paused')
  AND (clock.state <> 'running' OR clock.due_at < %(at)s)
  AND NOT (
      clock.state = 'running' AND clock.kind = 'resolve' AND EXISTS (
          SELECT 1
          FROM exceptions_case c
          JOIN exceptions_document d ON d.id = c.document_id
          JOIN exceptions_factssource s
            ON s.connection_id = d.connection_id AND s.facts_type = d.facts_type
          WHERE c.id = scoped.id AND s.read_at < clock.due_at
      )
  )
  AND LEAST(clock.stopped_at, clock.due_at) BETWEEN %(earliest)s AND %(latest)s
  AND (LEAST(clock.stopped_at, clock.due_at) AT TIME ZONE zone)::date
      BETWEEN %(first_day)s AND %(last_day)s
GROUP BY part
ORDER BY part
