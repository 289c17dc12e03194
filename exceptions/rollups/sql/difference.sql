-- What these cases had added, taken out; what they say now, added.
, before AS (
    SELECT kept.case_id AS id, kept.site_id, kept.kind, kept.tier, kept.team_id,
           said.figure, said.day, said.what, said.place, said.n
    FROM exceptions_caseshare kept
    CROSS JOIN jsonb_to_recordset(kept.shares)
        AS said (figure text, day date, what text, place int, n bigint)
    WHERE kept.case_id = ANY (%(cases)s)
),
difference AS (
    SELECT site_id, kind, tier, team_id, figure, day, what, place, sum(n) AS n
    FROM (
        SELECT site_id, kind, tier, team_id, figure, day, what, place, n
        FROM share JOIN asked USING (id)
        UNION ALL
        SELECT site_id, kind, tier, team_id, figure, day, what, place, -n FROM before
    ) both_of
    GROUP BY site_id, kind, tier, team_id, figure, day, what, place
    HAVING sum(n) <> 0
),
