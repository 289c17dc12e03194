"""Files that mean harm, made here: REFUSED are taken by nobody; INERT are taken, and must do
nothing wherever they are shown.
"""

import io
import struct
import zlib

from PIL import Image

from tests.exceptions.evidence import pictures

SCRIPT = "<script>window.top.pwned=1;document.title='pwned'</script>"
PAGES = {
    "page": f"<!DOCTYPE html><html><body>{SCRIPT}</body></html>",
    "bare": SCRIPT,
    "late": "\n" * 300 + f"<html>{SCRIPT}",
    "svg": f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>',
    "onload": '<svg onload="window.pwned=1"/>',
    "xml": f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>',
    "entities": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    "iframe": '<iframe src="javascript:alert(1)"></iframe>',
    "object": '<object data="javascript:alert(1)"></object>',
    "php": "<?php system($_GET['c']); ?>",
    "spaced": f"<  html>{SCRIPT}",
    "shell": "#!/bin/sh\nrm -rf /\n",
    "math": '<math href="javascript:alert(1)">x</math>',
}
# With each of these names; a browser or a person is to be misled by the ending.
ENDINGS = ("html", "htm", "svg", "txt", "csv", "xhtml", "jpg", "pdf")
PROGRAMS = {
    "windows": b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00" + bytes(200),
    "linux": b"\x7fELF\x02\x01\x01" + bytes(200),
    "mac": b"\xcf\xfa\xed\xfe" + bytes(200),
    "java": b"\xca\xfe\xba\xbe" + bytes(200),
    "wasm": b"\x00asm\x01\x00\x00\x00" + bytes(60),
    "gzip": b"\x1f\x8b\x08\x00" + bytes(60),
    "seven": b"7z\xbc\xaf\x27\x1c" + bytes(60),
    "rar": b"Rar!\x1a\x07\x01\x00" + bytes(60),
    "old-office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "shortcut": b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(200),
    "noise": bytes(range(256)) * 4,
}
PROGRAM_ENDINGS = ("exe", "jpg", "pdf", "docx", "txt", "mp4")


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of few bytes that says it is enormous."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99)))


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def zip_bomb() -> bytes:
    """An Office document of a few MB that says it unpacks to more than one GB."""
    said = pictures.packed({"[Content_Types].xml": b"", "word/document.xml": bytes(1000)})
    at = said.rfind(b"PK\x01\x02")
    return said[: at + 24] + struct.pack("<I", 0xFFFF_0000) + said[at + 28 :]


def many_parts() -> bytes:
    """The table of contents says that there are sixty thousand parts."""
    said = pictures.docx()
    at = said.rfind(b"PK\x05\x06")
    return said[: at + 8] + struct.pack("<HH", 60_000, 60_000) + said[at + 12 :]


def locked() -> bytes:
    said = bytearray(pictures.docx())
    at = said.rfind(b"PK\x01\x02")
    said[at + 8] |= 1
    return bytes(said)


def macros(part: str) -> bytes:
    parts = {"[Content_Types].xml": b"", part: b"", "word/vbaProject.bin": b"x"}
    return pictures.packed(parts)


def _refused() -> dict[str, bytes]:
    found = {f"{n}.{e}": text.encode() for n, text in PAGES.items() for e in ENDINGS}
    found |= {f"{n}-16.txt": text.encode("utf-16") for n, text in PAGES.items() if n != "shell"}
    found |= {f"{n}.{e}": code for n, code in PROGRAMS.items() for e in PROGRAM_ENDINGS}
    return found | {
        "bomb.png": bomb(),
        "flat.png": bomb(100_001, 1000),
        "half.png": pictures.picture("PNG")[:40],
        "head.jpg": b"\xff\xd8\xff\xe0" + bytes(40),
        "head.webp": b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(20),
        "half.pdf": pictures.PDF[:30],
        "picture.gif": b"GIF89a" + bytes(40),
        "picture.bmp": b"BM" + bytes(60),
        "archive.zip": pictures.packed({"a.exe": b"MZ"}),
        "climbs.zip": pictures.packed({"../../etc/passwd": b"x"}),
        "macros.docx": macros("word/document.xml"),
        "macros.xlsx": macros("xl/workbook.xml"),
        "bomb.docx": zip_bomb(),
        "many.docx": many_parts(),
        "locked.docx": locked(),
        "half.docx": pictures.docx()[:60],
        "program.jar": pictures.packed({"META-INF/MANIFEST.MF": b"", "A.class": b""}),
        "nobody.eml": b"Hello\n\nno head at all\n",
        "film.avi": b"RIFF\x10\x00\x00\x00AVI LIST" + bytes(40),
        "strange.mp4": b"\x00\x00\x00\x18ftypevil" + bytes(40),
        "nul.txt": b"text\x00more",
        "bell.csv": b"a,b\x07c",
    }


def _inert() -> dict[str, bytes]:
    """Whole pictures and documents, with a page or a program inside or behind."""
    page = PAGES["page"].encode()
    found = {}
    for name, text in PAGES.items():
        said = text.encode()
        found[f"behind-{name}.jpg"] = pictures.picture("JPEG") + said
        found[f"comment-{name}.jpg"] = pictures.picture("JPEG", comment=said)
        found[f"behind-{name}.pdf"] = pictures.PDF + said
        found[f"within-{name}.eml"] = pictures.EML + said
    found["exif.jpg"] = _with_exif(page)
    found["text.png"] = _with_text(PAGES["page"])
    found["script.pdf"] = pictures.PDF.replace(
        b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
    )
    found["zip.jpg"] = pictures.picture("JPEG") + pictures.packed({"a.html": page})
    found["late-page.txt"] = b"x" * 100_000 + page
    found["late.pdf"] = b"GIF89a" + pictures.PDF
    found["formula.csv"] = b"=cmd|'/c calc'!A1,2\n"
    found['"><img src=x onerror=alert(1)>.txt'] = b"a harmless text with a name that is not"
    found["film.mp4"] = pictures.MP4 + page
    found["page.heic"] = pictures.HEIC + page
    return found


def _with_exif(text: bytes) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = text.decode()
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def _with_text(text: str) -> bytes:
    said = pictures.picture("PNG")
    return said[:33] + chunk(b"tEXt", b"Comment\x00" + text.encode()) + said[33:]


REFUSED = _refused()
INERT = _inert()
