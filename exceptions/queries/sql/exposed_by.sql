-- Value at risk of open cases by currency and by kind or site. A case without a value, or with one
-- in no known currency, is counted under "unknown" (NULL), not as nothing.
SELECT CASE %(by)s WHEN 'kind' THEN kind WHEN 'site' THEN site_id::text END AS part,
       known.currency, count(*) AS n,
       CASE WHEN known.currency IS NULL THEN NULL ELSE sum(value_at_risk) END AS value
FROM scoped
CROSS JOIN LATERAL (
    SELECT CASE WHEN value_at_risk IS NULL THEN NULL ELSE NULLIF(currency, '') END AS currency
) AS known
WHERE state IN ('detected', 'classified', 'assigned', 'acknowledged')
GROUP BY part, known.currency
ORDER BY part, known.currency
