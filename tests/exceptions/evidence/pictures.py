"""Files of every type that is taken, made here."""

import io
import zipfile

from PIL import Image

EML = (
    b"From: Kempten <sales@kempten.test>\r\nTo: buyer@meridian.test\r\n"
    b"Date: Tue, 17 Nov 2026 09:00:00 +0100\r\nSubject: Late\r\n\r\nIt ships on Friday.\r\n"
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(64)
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  " + bytes(64)


def picture(kind: str, number: int = 0, size: tuple[int, int] = (64, 48), **how: object) -> bytes:
    out = io.BytesIO()
    colour = (number % 256, number // 256 % 256, 90)
    Image.new("RGB", size, colour).save(out, kind, **how)
    return out.getvalue()


def jpeg(number: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    """A photo; each number another one."""
    return picture("JPEG", number, size) + str(number).encode()


def packed(parts: dict[str, bytes], *, first: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        if first:
            file.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def docx() -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})


def xlsx() -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"})


def odt() -> bytes:
    return packed({"content.xml": b"<o/>"}, first=b"application/vnd.oasis.opendocument.text")


def ods() -> bytes:
    return packed({"content.xml": b"<o/>"}, first=b"application/vnd.oasis.opendocument.spreadsheet")
