-- Durations by day, from their classes.
, length AS (
    SELECT day, place, sum(n::int)::int AS n FROM daily GROUP BY day, place
)
