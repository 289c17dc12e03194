"""Bringing past cases in: files read row by row, mapped, checked and stored as cases."""
