-- How long messages took from the intent to the proof, by target and verb (percentile_cont,
-- seconds), of those that were proved since an instant.
SELECT target, verb,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM read_back_at - created_at)),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM read_back_at - created_at)),
       percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM read_back_at - created_at))
FROM exceptions_outboxmessage
WHERE state = 'confirmed' AND read_back_at >= %(since)s AND read_back_at <= %(at)s
GROUP BY target, verb
ORDER BY target, verb
