-- Moves that people made in the range, by site and quarter of an hour of the site's day.
, moved AS (SELECT what AS site, day, place, n FROM daily)
