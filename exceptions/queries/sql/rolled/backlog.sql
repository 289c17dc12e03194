-- Cases open at the end of each day: what was open before the range, and each day's change.
, change AS (
    SELECT %(first_day)s::date AS day, sum(n) AS by FROM ranged
    UNION ALL
    SELECT day, sum(n) FROM daily GROUP BY day
),
balance AS (
    SELECT day, sum(by) AS by FROM change GROUP BY day
)
SELECT calendar.day::date, COALESCE(sum(balance.by) OVER (ORDER BY calendar.day), 0)::bigint AS n
FROM generate_series(%(first_day)s::timestamp, %(last_day)s::timestamp, '1 day') AS calendar (day)
LEFT JOIN balance ON balance.day = calendar.day::date
ORDER BY 1
