-- Moves that people made in the range, by site and quarter of an hour of the site's day.
, moved AS (
    SELECT scoped.site_id::text AS site, COALESCE(team_id, 0) AS team_id,
           (event.at AT TIME ZONE zone)::date AS day, event.id,
           EXTRACT(HOUR FROM event.at AT TIME ZONE zone)::int * 4
               + EXTRACT(MINUTE FROM event.at AT TIME ZONE zone)::int / 15 AS place,
           1 AS n
    FROM scoped
    JOIN exceptions_caseevent event ON event.case_id = scoped.id
    WHERE event.move <> '' AND event.actor_id IS NOT NULL AND event.via <> 'import'
      AND event.at BETWEEN %(earliest)s AND %(latest)s
      AND (event.at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
)
