-- Everything that was counted of all cases.
WITH difference AS (
    SELECT kept.site_id, kept.kind, kept.tier, kept.team_id,
           said.figure, said.day, said.what, said.place, sum(said.n) AS n
    FROM exceptions_caseshare kept
    CROSS JOIN jsonb_to_recordset(kept.shares)
        AS said (figure text, day date, what text, place int, n bigint)
    GROUP BY kept.site_id, kept.kind, kept.tier, kept.team_id,
             said.figure, said.day, said.what, said.place
),
