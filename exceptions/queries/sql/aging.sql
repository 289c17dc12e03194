-- Open cases by elapsed time since detection, in buckets cut at `cuts`, and tier.
-- Bucket 0 is younger than the first cut; bucket i is at least as old as cut i.
SELECT width_bucket(%(at)s - detected_at, %(cuts)s::interval[]) AS bucket, tier, count(*) AS n
FROM scoped
WHERE state IN ('detected', 'classified', 'assigned', 'acknowledged')
GROUP BY bucket, tier
ORDER BY bucket, tier
