"""Charts: rows of figures to pictures and to the tables beside them. Pure."""
