-- Value at risk of open cases by currency, never mixed. A case without a value is counted under
-- "unknown" (currency NULL), not as nothing.
SELECT CASE WHEN value_at_risk IS NULL THEN NULL ELSE currency END AS currency,
       count(*) AS n,
       sum(value_at_risk) AS value
FROM scoped
WHERE state IN ('detected', 'classified', 'assigned', 'acknowledged')
GROUP BY 1
ORDER BY value DESC NULLS LAST, 1
