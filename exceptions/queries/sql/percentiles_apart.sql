-- Median and p90 of the durations in `length` (what, place, n), each `what` by itself, as
-- percentiles.sql has them.
, placed AS (
    SELECT what, place, n,
           sum(n) OVER (PARTITION BY what ORDER BY place) AS upto,
           sum(n) OVER (PARTITION BY what) AS all_of_it
    FROM length
    WHERE n <> 0
)
SELECT what, sum(n)::bigint AS n,
       exceptions_class_middle(min(place) FILTER (WHERE upto * 100 >= all_of_it * 50)) AS median,
       exceptions_class_middle(min(place) FILTER (WHERE upto * 100 >= all_of_it * 90)) AS p90
FROM placed
GROUP BY what
ORDER BY what
