-- Mirror a batch of readings. Returns the documents whose substance is new or changed.
-- A later reading wins; an equal one moves only the stamps; the first promise is kept for ever.
WITH reading AS (
    SELECT *
    FROM unnest(
        %(connection_id)s::bigint[], %(model)s::text[], %(record_id)s::bigint[], %(site_id)s::bigint[],
        %(reference)s::text[], %(url)s::text[], %(facts_type)s::text[], %(facts)s::text[],
        %(substance)s::text[], %(read_at)s::timestamptz[], %(written_at)s::timestamptz[],
        %(promised_at)s::timestamptz[], %(recheck_at)s::timestamptz[]
    ) AS r (
        connection_id, model, record_id, site_id, reference, url, facts_type, facts,
        substance, read_at, written_at, promised_at, recheck_at
    )
),
known AS (
    SELECT d.id, d.substance, d.gone_at
    FROM exceptions_document d
    JOIN reading r USING (connection_id, model, record_id)
),
stored AS (
    INSERT INTO exceptions_document AS d (
        connection_id, model, record_id, site_id, reference, url, facts_type, facts,
        substance, read_at, written_at, first_promised_at, recheck_at, gone_at
    )
    SELECT connection_id, model, record_id, site_id, reference, url, facts_type, facts::jsonb,
           substance, read_at, written_at, promised_at, recheck_at, NULL
    FROM reading
    ON CONFLICT (connection_id, model, record_id) DO UPDATE
    SET site_id = EXCLUDED.site_id,
        reference = EXCLUDED.reference,
        url = EXCLUDED.url,
        facts_type = EXCLUDED.facts_type,
        facts = EXCLUDED.facts,
        substance = EXCLUDED.substance,
        read_at = EXCLUDED.read_at,
        written_at = EXCLUDED.written_at,
        first_promised_at = COALESCE(d.first_promised_at, EXCLUDED.first_promised_at),
        recheck_at = EXCLUDED.recheck_at,
        gone_at = NULL
    WHERE d.read_at <= EXCLUDED.read_at
      AND (d.substance <> EXCLUDED.substance
           OR d.written_at <> EXCLUDED.written_at
           OR d.gone_at IS NOT NULL)
    RETURNING d.id, d.connection_id, d.model, d.record_id, d.substance
)
SELECT stored.id, stored.connection_id, stored.model, stored.record_id
FROM stored
LEFT JOIN known ON known.id = stored.id
WHERE known.id IS NULL OR known.substance <> stored.substance OR known.gone_at IS NOT NULL
ORDER BY stored.id
