-- Requests that wait for approval now, by whom is asked at which site, and by age in buckets cut at
-- `cuts` (bucket 0 is younger than the first cut).
SELECT site_id, level.voters, level."group",
       width_bucket(%(at)s - request.asked_at, %(cuts)s::interval[]) AS bucket,
       count(*) AS n, min(level.opened_at) AS since
FROM exceptions_approvalrequest request
JOIN exceptions_approvallevel level ON level.request_id = request.id AND level.state = 'open'
JOIN scoped ON scoped.id = request.case_id
WHERE request.state = 'pending'
GROUP BY site_id, level.voters, level."group", bucket
ORDER BY since, site_id, level.voters, level."group"
