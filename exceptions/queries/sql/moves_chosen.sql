-- The moves within (or, with `outside`, out of) certain quarters of an hour, of one hour of the day or
-- of all.
, stretch AS (
    SELECT *
    FROM unnest(%(at_sites)s::text[], %(on_days)s::date[], %(from_quarters)s::int[],
                %(to_quarters)s::int[])
        AS given (site, day, start, ends)
), chosen AS (
    SELECT id
    FROM moved
    LEFT JOIN stretch ON stretch.site = moved.site AND stretch.day = moved.day
                     AND moved.place >= stretch.start AND moved.place < stretch.ends
    WHERE (stretch.site IS NULL) = %(outside)s
      AND (%(hour)s::int IS NULL OR place / 4 = %(hour)s::int)
)
