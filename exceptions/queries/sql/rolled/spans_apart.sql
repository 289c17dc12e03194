-- Durations over the whole range from their classes, each `what` by itself.
, length AS (
    SELECT what, place, sum(n::int)::int AS n FROM ranged GROUP BY what, place
)
