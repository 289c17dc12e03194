-- Pauses on the day on which they began, by for whom (":spent" after it: until the policy allowed no
-- more) and class of duration (-1: they last).
SELECT asked.id, zone, 'paused', pause.started_at,
       pause.waiting_for || CASE WHEN pause.ended_at >= pause.ends_by THEN ':spent' ELSE '' END,
       COALESCE(exceptions_duration_class(pause.ended_at - pause.started_at), -1), 1
FROM asked
JOIN exceptions_pause pause ON pause.case_id = asked.id
