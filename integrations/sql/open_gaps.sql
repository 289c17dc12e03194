-- Gaps that are open now: how many, and their ages in seconds (percentile_cont) since the earliest
-- instant at which the news can have been due.
SELECT count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM %(at)s - since)::float8),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM %(at)s - since)::float8)
FROM integrations_gap
WHERE connection_id = ANY (%(connections)s::bigint[]) AND repaired_at IS NULL
