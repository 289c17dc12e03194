-- Cases on the day of detection: by tier, by kind, by hour of the week.
SELECT id, zone, 'detected', detected_at, tier, 0, 1
FROM asked
UNION ALL
SELECT id, zone, 'kind', detected_at, kind, 0, 1 FROM asked
UNION ALL
SELECT id, zone, 'hour', detected_at, '',
       (EXTRACT(ISODOW FROM detected_at AT TIME ZONE zone)::int - 1) * 24
           + EXTRACT(HOUR FROM detected_at AT TIME ZONE zone)::int,
       1
FROM asked
