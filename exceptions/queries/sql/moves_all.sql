-- The ids of all.
SELECT id FROM chosen
