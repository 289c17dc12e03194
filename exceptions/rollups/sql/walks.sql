-- Each line of the history in which a case was moved, or an import told how it stood; and each step
-- from one state to the next, with when the case had come to the one before. What an import did is
-- `told`: its files say how cases stand, not how they got there.
, line AS MATERIALIZED (
    SELECT asked.id, zone, detected_at, event.number, event.move, event.from_state, event.to_state,
           event.at, event.actor_id, event.happening = 'imported' OR event.via = 'import' AS told,
           -- What was imported ended when its file says, not when it was read.
           COALESCE((event.data ->> 'ended_at')::timestamptz, event.at) AS stood
    FROM asked
    JOIN exceptions_caseevent event ON event.case_id = asked.id
    WHERE event.move <> '' OR event.happening = 'imported'
),
step AS (
    SELECT id, zone, number, from_state, to_state, at, told,
           lag(stood, 1, detected_at) OVER (PARTITION BY id ORDER BY number) AS since
    FROM line
    WHERE to_state <> '' AND to_state <> from_state
)
