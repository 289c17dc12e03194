-- What each of the cases (`asked`) adds to the figures: on which day of its site, told apart by `what`
-- and `place`, and how much. `moment` are the statements in added/, put together.
, share AS (
    SELECT id, figure, (at AT TIME ZONE zone)::date AS day, what, place, sum(n)::bigint AS n
    FROM moment
    GROUP BY id, figure, day, what, place
    HAVING sum(n) <> 0
)
