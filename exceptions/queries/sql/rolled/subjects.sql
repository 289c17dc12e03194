-- The subjects of cases detected in the range, and how many of them recur.
, counted AS (
    SELECT what AS subject, sum(n::int) AS n,
           COALESCE(sum(n::int) FILTER (WHERE place = 1), 0) AS recurring
    FROM ranged
    GROUP BY what
    HAVING sum(n) <> 0
)
