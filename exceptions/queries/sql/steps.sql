-- Time that cases stood in a state before each step of the range, by step, in coarse classes. What an
-- import told is no step.
, length AS (
    SELECT event.from_state || '>' || event.to_state AS what,
           exceptions_coarse_class(event.at - COALESCE(before.at, detected_at)) AS place,
           count(*) AS n
    FROM scoped
    JOIN exceptions_caseevent event ON event.case_id = scoped.id
    LEFT JOIN LATERAL (
        SELECT COALESCE((earlier.data ->> 'ended_at')::timestamptz, earlier.at) AS at
        FROM exceptions_caseevent earlier
        WHERE earlier.case_id = scoped.id
          AND earlier.number < event.number
          AND earlier.to_state <> '' AND earlier.to_state <> earlier.from_state
        ORDER BY earlier.number DESC
        LIMIT 1
    ) before ON TRUE
    WHERE event.to_state <> '' AND event.to_state <> event.from_state
      AND event.happening <> 'imported' AND event.via <> 'import'
      AND event.at BETWEEN %(earliest)s AND %(latest)s
      AND (event.at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
    GROUP BY what, place
)
