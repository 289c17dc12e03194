-- Cases on the day of their end: by how many people had moved them, and by how often they were given
-- to another owner.
SELECT asked.id, asked.zone, told.figure, COALESCE(resolved_at, closed_at), '', told.place, 1
FROM asked
LEFT JOIN (
    SELECT id,
           count(DISTINCT actor_id) FILTER (WHERE NOT told)::int AS movers,
           count(*) FILTER (WHERE move = 'assign' AND from_state IN ('assigned', 'acknowledged'))::int
               AS reassigned
    FROM line
    WHERE move <> ''
    GROUP BY id
) lived ON lived.id = asked.id
CROSS JOIN LATERAL (VALUES
    ('people', COALESCE(movers, 0)), ('reassigned', COALESCE(reassigned, 0))
) AS told (figure, place)
WHERE state IN ('resolved', 'closed')
UNION ALL
-- Moves by people, by site and quarter of an hour of the site's day.
SELECT line.id, line.zone, 'moved', line.at, asked.site_id::text,
       EXTRACT(HOUR FROM line.at AT TIME ZONE line.zone)::int * 4
           + EXTRACT(MINUTE FROM line.at AT TIME ZONE line.zone)::int / 15,
       1
FROM line
JOIN asked ON asked.id = line.id
WHERE line.move <> '' AND line.actor_id IS NOT NULL AND NOT line.told
UNION ALL
-- And by team, which the dashboard tells apart whatever it is asked for.
SELECT line.id, line.zone, 'team_moved', line.at, asked.team_id::text, 0, 1
FROM line
JOIN asked ON asked.id = line.id
WHERE line.move <> '' AND line.actor_id IS NOT NULL AND NOT line.told
