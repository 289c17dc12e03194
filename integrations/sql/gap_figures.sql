-- Gaps by connection and source, and (source NULL) by connection: those that are open now, with their
-- age in seconds, and those repaired since an instant, with how long they had been open; and the cases
-- among them that a webhook should have told of. An age counts from the earliest instant the news can
-- have been due. Percentiles are percentile_cont.
SELECT g.connection_id, g.source,
       count(*) FILTER (WHERE g.repaired_at IS NULL) AS open,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM %(at)s - g.since)::float8)
           FILTER (WHERE g.repaired_at IS NULL) AS open_p50,
       max(extract(epoch FROM %(at)s - g.since)::float8) FILTER (WHERE g.repaired_at IS NULL) AS open_max,
       count(*) FILTER (WHERE g.repaired_at IS NOT NULL) AS repaired,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM g.repaired_at - g.since)::float8)
           FILTER (WHERE g.repaired_at IS NOT NULL) AS repaired_p50,
       max(extract(epoch FROM g.repaired_at - g.since)::float8)
           FILTER (WHERE g.repaired_at IS NOT NULL) AS repaired_max,
       count(DISTINCT g.case_id) FILTER (WHERE c.missed_by_webhook
                                           AND c.detected_at = g.repaired_at) AS cases
FROM integrations_gap g
LEFT JOIN exceptions_case c ON c.id = g.case_id
WHERE g.connection_id = ANY (%(connections)s::bigint[])
  AND (g.repaired_at IS NULL OR g.repaired_at >= %(since)s)
GROUP BY GROUPING SETS ((g.connection_id, g.source), (g.connection_id))
ORDER BY g.connection_id, g.source
