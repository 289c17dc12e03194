-- Durations by day, and (day NULL) over the whole range, from their classes.
, length AS (
    SELECT day, place, sum(n)::bigint AS n FROM daily GROUP BY day, place
    UNION ALL
    SELECT NULL, place, sum(n)::bigint FROM ranged GROUP BY place
)
