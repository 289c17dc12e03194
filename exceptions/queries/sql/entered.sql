-- Cases by the state that they came into in the range, the last time if more than once.
SELECT entered.state, count(*) AS n
FROM scoped
CROSS JOIN LATERAL (VALUES
    ('detected', detected_at),
    ('classified', classified_at),
    ('assigned', assigned_at),
    ('acknowledged', acknowledged_at),
    ('resolved', resolved_at),
    ('closed', closed_at)
) AS entered (state, at)
WHERE detected_at <= %(latest)s
  AND entered.at BETWEEN %(earliest)s AND %(latest)s
  AND (entered.at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY entered.state
ORDER BY n DESC, entered.state
