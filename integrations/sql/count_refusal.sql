-- One more delivery that was turned away, for that reason, that day.
INSERT INTO integrations_refusal AS r (source_id, day, reason, count, last_at)
VALUES (%(source_id)s, %(day)s, %(reason)s, 1, %(at)s)
ON CONFLICT (source_id, day, reason) DO UPDATE
SET count = r.count + 1, last_at = EXCLUDED.last_at
