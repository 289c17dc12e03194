-- Durations over the whole range from their classes, each `what` by itself.
, length AS (
    SELECT what, place, sum(n)::bigint AS n FROM ranged GROUP BY what, place
)
