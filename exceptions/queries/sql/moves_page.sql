-- A page of their ids, the latest first, and how many there are.
SELECT id, count(*) OVER ()
FROM chosen
ORDER BY id DESC
LIMIT %(limit)s OFFSET %(offset)s
