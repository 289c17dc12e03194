-- Mirror a batch of readings. Returns the documents whose substance is new or changed.
-- A later reading wins; an equal one moves only the stamps; the first promise is kept for ever.
--
-- What an equal reading says was judged before, so it leaves recheck_at alone: a re-check that is due
-- but not yet swept would be lost. What stood there before is read from the row itself (old.*), under
-- its lock: a snapshot from before the lock misses what another batch has just written.
WITH reading AS (
    SELECT *
    FROM json_to_recordset(%(readings)s::json) AS r (
        connection_id bigint, model text, record_id bigint, site_id bigint,
        reference text, url text, facts_type text, facts text,
        substance text, links text[], living boolean, read_at timestamptz, written_at timestamptz,
        promised_at timestamptz, recheck_at timestamptz
    )
),
stored AS (
    INSERT INTO exceptions_document AS d (
        connection_id, model, record_id, site_id, reference, url, facts_type, facts,
        substance, links, living, read_at, written_at, first_promised_at, recheck_at, gone_at
    )
    SELECT connection_id, model, record_id, site_id, reference, url, facts_type, facts::jsonb,
           substance, links, living, read_at, written_at, promised_at, recheck_at, NULL
    FROM reading
    ON CONFLICT (connection_id, model, record_id, facts_type) DO UPDATE
    SET site_id = EXCLUDED.site_id,
        reference = EXCLUDED.reference,
        url = EXCLUDED.url,
        facts = EXCLUDED.facts,
        substance = EXCLUDED.substance,
        links = EXCLUDED.links,
        living = EXCLUDED.living,
        read_at = EXCLUDED.read_at,
        written_at = EXCLUDED.written_at,
        first_promised_at = COALESCE(d.first_promised_at, EXCLUDED.first_promised_at),
        recheck_at = CASE
            WHEN d.substance = EXCLUDED.substance AND d.gone_at IS NULL THEN d.recheck_at
            ELSE EXCLUDED.recheck_at
        END,
        gone_at = NULL
    WHERE d.read_at <= EXCLUDED.read_at
      AND (d.substance <> EXCLUDED.substance
           OR d.written_at <> EXCLUDED.written_at
           OR d.gone_at IS NOT NULL)
    RETURNING new.id, new.connection_id, new.model, new.record_id, new.facts_type,
              old.id IS NULL AS is_new,
              old.substance IS DISTINCT FROM new.substance OR old.gone_at IS NOT NULL AS says_news
)
SELECT id, connection_id, model, record_id, facts_type, is_new
FROM stored
WHERE says_news
ORDER BY id
