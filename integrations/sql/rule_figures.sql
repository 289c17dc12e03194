-- What each rule of Odoo told in a window: how much, how much of that again, and how much of it another
-- rule told as well. A key is `model:record:stamp:rule` (see inbox.key_of); what names no stamp is left out.
WITH told AS (
    SELECT id, connection_id, duplicates,
           split_part(key, ':', 1) AS model,
           substring(key FROM ':([0-9]*)$') AS rule,
           regexp_replace(key, ':[0-9]*$', '') AS news
    FROM integrations_inboxdelivery
    WHERE connection_id = ANY(%(connections)s)
      AND source_id IS NULL
      AND received_at >= %(since)s AND received_at <= %(at)s
      AND key NOT LIKE 'sha256:%%'
),
shared AS (
    SELECT connection_id, news
    FROM told
    GROUP BY connection_id, news
    HAVING count(DISTINCT rule) > 1
)
SELECT told.connection_id, told.model, told.rule, count(*), sum(told.duplicates), count(shared.news),
       max(told.id)
FROM told
LEFT JOIN shared USING (connection_id, news)
GROUP BY told.connection_id, told.model, told.rule
ORDER BY sum(told.duplicates) DESC, count(shared.news) DESC, count(*) DESC, told.model, told.rule
