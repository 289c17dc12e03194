-- Requests for approval on the day of their end: by how, and how long it took to the final vote.
SELECT asked.id, zone, 'request', request.ended_at, request.state, 0, 1
FROM asked
JOIN exceptions_approvalrequest request ON request.case_id = asked.id
WHERE request.ended_at IS NOT NULL
UNION ALL
SELECT asked.id, zone, 'answer', request.ended_at, '',
       exceptions_duration_class(request.ended_at - request.asked_at), 1
FROM asked
JOIN exceptions_approvalrequest request ON request.case_id = asked.id
WHERE request.state IN ('approved', 'rejected')
UNION ALL
-- Levels on the day of their answer: until somebody looked, and from there.
SELECT asked.id, zone, 'level_wait', level.ended_at, level.number::text,
       exceptions_duration_class(COALESCE(level.first_seen_at, level.ended_at) - level.opened_at), 1
FROM asked
JOIN exceptions_approvalrequest request ON request.case_id = asked.id
JOIN exceptions_approvallevel level ON level.request_id = request.id
WHERE level.state IN ('passed', 'refused')
UNION ALL
SELECT asked.id, zone, 'level_touch', level.ended_at, level.number::text,
       exceptions_duration_class(level.ended_at - level.first_seen_at), 1
FROM asked
JOIN exceptions_approvalrequest request ON request.case_id = asked.id
JOIN exceptions_approvallevel level ON level.request_id = request.id
WHERE level.state IN ('passed', 'refused') AND level.first_seen_at IS NOT NULL
UNION ALL
-- Votes on their day, by whose they are: from when their level was asked.
SELECT asked.id, zone, 'vote', vote.at, vote.voter_id::text,
       exceptions_duration_class(vote.at - level.opened_at), 1
FROM asked
JOIN exceptions_approvalrequest request ON request.case_id = asked.id
JOIN exceptions_vote vote ON vote.request_id = request.id
JOIN exceptions_approvallevel level ON level.id = vote.level_id
