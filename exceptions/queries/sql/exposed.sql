-- Value at risk of open cases by currency, never mixed. A case without a value, or with one in no
-- known currency, is counted under "unknown" (NULL), not as nothing.
SELECT known.currency, count(*) AS n,
       CASE WHEN known.currency IS NULL THEN NULL ELSE sum(value_at_risk) END AS value
FROM scoped
CROSS JOIN LATERAL (
    SELECT CASE WHEN value_at_risk IS NULL THEN NULL ELSE NULLIF(currency, '') END AS currency
) AS known
WHERE state IN ('detected', 'classified', 'assigned', 'acknowledged')
GROUP BY known.currency
ORDER BY value DESC NULLS LAST, 1
