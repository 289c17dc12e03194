-- Cases on the day on which they came into each state, the last time if more than once.
SELECT id, zone, 'entered', entered.at, entered.state, 0, 1
FROM asked
CROSS JOIN LATERAL (VALUES
    ('detected', detected_at),
    ('classified', classified_at),
    ('assigned', assigned_at),
    ('acknowledged', acknowledged_at),
    ('resolved', resolved_at),
    ('closed', closed_at)
) AS entered (state, at)
WHERE entered.at IS NOT NULL
