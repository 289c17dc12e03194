"""Lists as files: CSV and XLSX of exactly the rows that a list, a tile or a bar leads to."""
