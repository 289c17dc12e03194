-- Of the moves (`moved`) how many lie within certain quarters of an hour of a site's day, and how many
-- do not, by hour. The stretches of one day do not overlap.
, stretch AS (
    SELECT *
    FROM unnest(%(at_sites)s::text[], %(on_days)s::date[], %(from_quarters)s::int[],
                %(to_quarters)s::int[])
        AS given (site, day, start, ends)
)
SELECT place / 4 AS hour,
       COALESCE(sum(n) FILTER (WHERE stretch.site IS NOT NULL), 0)::bigint AS within,
       COALESCE(sum(n) FILTER (WHERE stretch.site IS NULL), 0)::bigint AS outside
FROM moved
LEFT JOIN stretch ON stretch.site = moved.site AND stretch.day = moved.day
                 AND moved.place >= stretch.start AND moved.place < stretch.ends
GROUP BY hour
HAVING sum(n) <> 0
ORDER BY hour
