-- Calls since an instant: how many, how many failed, and how long they took (percentile_cont, seconds),
-- per connection and method, and (model and method NULL) per connection.
SELECT connection_id, model, method, count(*) AS n,
       count(*) FILTER (WHERE outcome <> 'ok') AS failed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS p50,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS p95,
       percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds) AS p99
FROM integrations_odoocall
WHERE connection_id = ANY (%(connections)s::bigint[]) AND at >= %(since)s AND at <= %(at)s
GROUP BY GROUPING SETS ((connection_id, model, method), (connection_id))
ORDER BY connection_id, failed DESC, n DESC, model, method
