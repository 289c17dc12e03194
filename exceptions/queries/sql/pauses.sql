-- Pauses that began in the range, by for whom (":spent" after it: until the policy allowed no more)
-- and class of duration (-1: they last).
SELECT pause.waiting_for || CASE WHEN pause.ended_at >= pause.ends_by THEN ':spent' ELSE '' END AS what,
       COALESCE(exceptions_duration_class(pause.ended_at - pause.started_at), -1) AS place,
       count(*) AS n
FROM scoped
JOIN exceptions_pause pause ON pause.case_id = scoped.id
WHERE pause.started_at BETWEEN %(earliest)s AND %(latest)s
  AND (pause.started_at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY what, place
