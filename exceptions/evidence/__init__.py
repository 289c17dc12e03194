"""Files of cases: taken only as what their content is, kept as they came, never changed."""
