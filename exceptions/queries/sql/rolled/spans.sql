-- Durations over the whole range (it has no day), from their classes.
, length AS (
    SELECT NULL::date AS day, place, sum(n::int)::int AS n FROM ranged GROUP BY place
)
