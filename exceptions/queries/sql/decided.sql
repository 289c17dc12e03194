-- What was decided in the range: of each case the last decision that was taken and not undone, by
-- kind, tier, site, team and decision.
SELECT scoped.kind, scoped.tier, scoped.site_id, COALESCE(scoped.team_id, 0), taken.kind AS decision,
       count(*) AS n
FROM scoped
CROSS JOIN LATERAL (
    SELECT COALESCE(d.approved_at, d.proposed_at) AS at, d.kind
    FROM exceptions_decision d
    WHERE d.case_id = scoped.id AND d.kind <> 'undo'
      AND d.state IN ('approved', 'sending', 'confirmed')
      AND NOT EXISTS (
          SELECT 1
          FROM exceptions_decision undo
          WHERE undo.undoes_id = d.id AND undo.state IN ('approved', 'sending', 'confirmed')
      )
    ORDER BY d.id DESC
    LIMIT 1
) AS taken
WHERE (taken.at AT TIME ZONE zone)::date BETWEEN %(first_day)s AND %(last_day)s
GROUP BY scoped.kind, scoped.tier, scoped.site_id, scoped.team_id, taken.kind
ORDER BY 1, 2, 3, 4, 5
