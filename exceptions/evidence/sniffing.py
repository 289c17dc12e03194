"""What a file is, by its content alone. What is not surely one of the types is not taken.

Nothing is unpacked or run: of a ZIP only the table of contents is read, of a picture its head.
"""

import codecs
import re
import struct
import warnings
import zipfile
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from exceptions.evidence import names
from exceptions.lifecycle import Refused
from exceptions.vocabulary import EvidenceType

HEAD = 64 * 1024
MOST_PIXELS = 100_000_000
MOST_PARTS = 5000  # of an Office document
MOST_UNPACKED = 1024 * 1024 * 1024  # bytes that it says it unpacks to
PIL_FORMATS = {"JPEG": EvidenceType.JPEG, "PNG": EvidenceType.PNG, "WEBP": EvidenceType.WEBP}
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
MP4_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ")
# Behind this a browser would find a page; a plain text has no use for it near its beginning.
PAGE = re.compile(
    r"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|math|\?xml|\?php|xsl)",
    re.IGNORECASE,
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
ENDINGS: dict[EvidenceType, tuple[str, ...]] = {
    EvidenceType.JPEG: (".jpg", ".jpeg"),
    EvidenceType.PNG: (".png",),
    EvidenceType.WEBP: (".webp",),
    EvidenceType.HEIC: (".heic", ".heif"),
    EvidenceType.MP4: (".mp4", ".m4v"),
    EvidenceType.MOV: (".mov",),
    EvidenceType.PDF: (".pdf",),
    EvidenceType.TEXT: (".txt", ".log", ".md"),
    EvidenceType.CSV: (".csv",),
    EvidenceType.EML: (".eml",),
    EvidenceType.DOCX: (".docx",),
    EvidenceType.XLSX: (".xlsx",),
    EvidenceType.ODT: (".odt",),
    EvidenceType.ODS: (".ods",),
}
OFFICE = {
    "word/document.xml": EvidenceType.DOCX,
    "xl/workbook.xml": EvidenceType.XLSX,
}
OPEN_DOCUMENTS = {
    b"mimetype" + str(kind).encode(): kind for kind in (EvidenceType.ODT, EvidenceType.ODS)
}


def type_of(path: Path, name: str) -> EvidenceType:
    """Raises Refused, with a sentence for whoever sent the file."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(0)
        if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or _is_webp(head):
            return _picture(path, name)
        if head[4:8] == b"ftyp":
            return _film(head, name)
        if head.startswith(b"%PDF-"):
            return _pdf(file, name)
        if head.startswith(b"PK\x03\x04"):
            return _packed(file, head, name)
        return _text(file, head, name)


def _is_webp(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def _picture(path: Path, name: str) -> EvidenceType:
    """By the library that would show it; its size is read before anything is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(path, formats=list(PIL_FORMATS)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Refused(
                        _("%s has more than 100 million pixels. Take a smaller picture.") % name
                    )
                found = PIL_FORMATS[str(image.format)]
                image.verify()
                return found
    except Refused:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Warning):
        raise _broken(name) from None
    except Exception:  # noqa: BLE001 - a library that reads hostile bytes may raise anything
        raise _broken(name) from None


def _film(head: bytes, name: str) -> EvidenceType:
    brand = head[8:12]
    if brand in HEIC_BRANDS:
        return EvidenceType.HEIC
    if brand == b"qt  ":
        return EvidenceType.MOV
    if brand in MP4_BRANDS or brand.startswith(b"3gp"):
        return EvidenceType.MP4
    raise _unknown(name)


def _pdf(file: BinaryIO, name: str) -> EvidenceType:
    """With its end: half a document is no evidence."""
    file.seek(max(file.seek(0, 2) - HEAD, 0))
    if b"startxref" not in file.read():
        raise _broken(name)
    return EvidenceType.PDF


def _packed(file: BinaryIO, head: bytes, name: str) -> EvidenceType:
    """An Office document, by its table of contents; a bare ZIP is not taken."""
    parts = _contents(file, name)
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise Refused(_("%s contains macros. Save it without them, or as PDF.") % name)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(_("%s is locked with a password. Send it without one.") % name)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused(_("%s would unpack to more than 1 GB. It was not taken.") % name)
    for start, kind in OPEN_DOCUMENTS.items():
        if head[30:].startswith(start + b"PK") or head[30 : 30 + len(start)] == start:
            return kind
    found = {part.filename for part in parts}
    for inside, kind in OFFICE.items():
        if {inside, "[Content_Types].xml"} <= found:
            return kind
    raise Refused(_("%s is a packed archive. Send the files in it one by one.") % name)


def _contents(file: BinaryIO, name: str) -> list[zipfile.ZipInfo]:
    """The table of contents, whose length is looked at before it is read."""
    size = file.seek(0, 2)
    file.seek(max(size - 65_557, 0))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise _broken(name)
    entries, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    if entries > MOST_PARTS or length > MOST_PARTS * 400:
        raise Refused(_("%s is packed from too many parts. It was not taken.") % name)
    try:
        with zipfile.ZipFile(file) as packed:
            return packed.infolist()
    except Exception:  # noqa: BLE001 - hostile bytes
        raise _broken(name) from None


def _text(file: BinaryIO, head: bytes, name: str) -> EvidenceType:
    """Plain writing, in UTF-8, UTF-16 with its mark, or the Windows code page of Western Europe."""
    if not _is_writing(file, head):
        raise _unknown(name)
    ending = names.parted(name)[1].lower()
    if ending in ENDINGS[EvidenceType.EML]:
        return _mail(head, name)
    if PAGE.search(_decoder(head).decode(head)) or head.startswith(b"#!"):
        raise Refused(_("%s is a web page or a program. Send it as PDF or as a picture.") % name)
    return EvidenceType.CSV if ending in ENDINGS[EvidenceType.CSV] else EvidenceType.TEXT


def _is_writing(file: BinaryIO, head: bytes) -> bool:
    decoder = _decoder(head)
    file.seek(0)
    try:
        while part := file.read(HEAD):
            if CONTROL.search(decoder.decode(part)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decoder(head: bytes) -> codecs.IncrementalDecoder:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")()
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return codecs.getincrementaldecoder("cp1252")()
    return codecs.getincrementaldecoder("utf-8")()


def _mail(head: bytes, name: str) -> EvidenceType:
    found = BytesHeaderParser().parsebytes(head)
    if "From" in found and ("Date" in found or "Received" in found or "Subject" in found):
        return EvidenceType.EML
    raise Refused(_("%s is no e-mail: it has no sender. Save it again from the mailbox.") % name)


def _broken(name: str) -> Refused:
    return Refused(_("%s is broken or incomplete. Open it, save it again and send that.") % name)


def _unknown(name: str) -> Refused:
    return Refused(
        _(
            "%s was not taken: pictures, videos, PDF, Word, Excel, OpenDocument, text, CSV and "
            "e-mails (.eml) are."
        )
        % name
    )
