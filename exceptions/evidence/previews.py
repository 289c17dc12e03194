"""Small pictures of photos: drawn anew, so that nothing of what was sent gets into a page."""

import io
from typing import BinaryIO

from PIL import Image, ImageOps

from exceptions.evidence.sniffing import MOST_PIXELS, PIL_FORMATS

# A JPEG is decoded at a fraction of its size; anything else whole, four bytes a pixel.
MOST_WHOLE = 25_000_000
THUMB, LARGE = 320, 1600  # CSS pixels of the longer side


class NoPreview(Exception):
    """The picture cannot be drawn; the file itself can still be fetched."""


def drawn(file: BinaryIO, side: int) -> bytes:
    """A JPEG whose longer side is at most `side`, turned as the camera was held. No EXIF stays."""
    try:
        with Image.open(file, formats=list(PIL_FORMATS)) as image:
            most = MOST_PIXELS if image.format == "JPEG" else MOST_WHOLE
            if image.width * image.height > most:
                raise NoPreview
            image.draft("RGB", (side * 2, side * 2))
            image.thumbnail((side, side))
            upright = ImageOps.exif_transpose(image)
            return _jpeg(upright)
    except NoPreview:
        raise
    except Exception:  # noqa: BLE001 - a library that reads hostile bytes may raise anything
        raise NoPreview from None


def _jpeg(image: Image.Image) -> bytes:
    flat = Image.new("RGB", image.size, "white")
    seen = image.convert("RGBA")
    flat.paste(seen, mask=seen.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=82)
    return out.getvalue()
