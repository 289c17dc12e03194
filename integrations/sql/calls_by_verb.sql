-- Calls of a range: how many, how many failed, how long they took (percentile_cont, seconds); all of
-- them (method '') first, then by verb.
SELECT coalesce(method, ''), count(*) AS n, count(*) FILTER (WHERE outcome <> 'ok') AS failed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds),
       percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds)
FROM integrations_odoocall
WHERE connection_id = ANY (%(connections)s::bigint[]) AND at >= %(since)s AND at < %(until)s
GROUP BY GROUPING SETS ((method), ())
ORDER BY grouping(method) DESC, n DESC, method
