"""Preview: what settings that are not in force would do. Reads everything, changes nothing."""

from exceptions.preview.today import Preview, Row, preview

__all__ = ["Preview", "Row", "preview"]
