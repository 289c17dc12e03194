-- Median and p90 of the durations in `length` (day, place, n) by nearest rank: the middle of the
-- class in which the case of that rank lies (exceptions.rollups.durations).
, placed AS (
    SELECT day, place, n,
           sum(n) OVER (PARTITION BY day ORDER BY place) AS upto,
           sum(n) OVER (PARTITION BY day) AS all_of_it
    FROM length
    WHERE n <> 0
)
SELECT day, sum(n)::bigint AS n,
       exceptions_class_middle(min(place) FILTER (WHERE upto * 100 >= all_of_it * 50)) AS median,
       exceptions_class_middle(min(place) FILTER (WHERE upto * 100 >= all_of_it * 90)) AS p90
FROM placed
GROUP BY day
ORDER BY day NULLS LAST
