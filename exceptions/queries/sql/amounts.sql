-- What cases that ended in the range avoided (or lost), by currency; of nothing else (`by` is empty),
-- or by kind, site, or day of their end.
SELECT CASE %(by)s WHEN 'kind' THEN kind WHEN 'site' THEN site_id::text
                   WHEN 'day' THEN ((COALESCE(resolved_at, closed_at) AT TIME ZONE zone)::date)::text
                   ELSE '' END AS part,
       amounts_currency AS currency, count(*) AS n, sum(amount) AS value
FROM scoped
CROSS JOIN LATERAL (
    SELECT CASE %(which)s WHEN 'avoided' THEN avoided WHEN 'lost' THEN lost END AS amount
) AS said
WHERE state IN ('resolved', 'closed') AND amount IS NOT NULL
  AND COALESCE(resolved_at, closed_at) BETWEEN %(earliest)s AND %(latest)s
  AND (COALESCE(resolved_at, closed_at) AT TIME ZONE zone)::date
      BETWEEN %(first_day)s AND %(last_day)s
GROUP BY part, amounts_currency
ORDER BY part, currency
