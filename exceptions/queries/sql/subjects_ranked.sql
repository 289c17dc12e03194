-- A page of the subjects, what recurs most first, each row with how many subjects there are, and how
-- many of them recur.
SELECT subject, n, recurring,
       count(*) OVER () AS subjects, count(*) FILTER (WHERE recurring > 0) OVER () AS of_them
FROM counted
ORDER BY recurring DESC, n DESC, subject
LIMIT %(limit)s OFFSET %(offset)s
