"""Files on cases of the demo: photos as a phone takes them, a report, a count as a table."""

import io
from datetime import datetime, timedelta
from random import Random

from PIL import Image, ImageDraw

from exceptions.actors import person
from exceptions.evidence import keeping
from exceptions.models import Case
from exceptions.vocabulary import OPEN_STATES, EvidenceSource, KindCode, Slot

Made = tuple[str, bytes, str]  # name, content, slot
SOME = 4  # cases of a kind that have files
FLOOR, WALL, STEEL = "#8d8478", "#c9cdd0", "#41525c"
A4, FONT = "[0 0 595 842]", "<</Font<</F1 5 0 R>>>>"
CARD, TAPE, DAMAGE = "#b98f5e", "#d9c59d", "#3b2c20"


def add_files(*, at: datetime) -> int:
    """On the gravest open cases of some kinds; returns how many files there are then."""
    added = 0
    for kind, make in MAKERS.items():
        found = Case.objects.filter(kind=kind, state__in=OPEN_STATES, owner__isnull=False)
        for case in found.select_related("site", "owner").order_by("-score", "pk")[:SOME]:
            for number, made in enumerate(make(case)):
                _add(case, made, at - timedelta(minutes=40 - number))
                added += 1
    return added


def _add(case: Case, made: Made, at: datetime) -> None:
    assert case.owner is not None
    owner, (name, content, slot) = person(case.owner), made
    keeping.add(case, [content], name, owner, source=EvidenceSource.WEB, slot=slot, at=at)


def _photos(case: Case) -> list[Made]:
    sides = ((1, Slot.DAMAGE_PHOTO), (2, Slot.DAMAGE_PHOTO))
    return [(f"pallet-{case.pk}-{s}.jpg", photo(case.pk * 10 + s), slot) for s, slot in sides]


def _inspected(case: Case) -> list[Made]:
    lines = ["Inspection report", case.reference, case.title, "Result: on hold, not decided"]
    return [("inspection-report.pdf", report(lines), Slot.INSPECTION_REPORT), *_photos(case)[:1]]


def _counted(case: Case) -> list[Made]:
    said = f"sheet;location;counted by\n{case.reference};{case.site.code}/Stock;{case.owner}\n"
    return [("count-sheet.csv", said.encode(), Slot.COUNT_SHEET), *_photos(case)[:1]]


MAKERS = {
    KindCode.CARRIER_FAILURE: _photos,
    KindCode.QUALITY_HOLD: _inspected,
    KindCode.INVENTORY_DISCREPANCY: _counted,
}


def photo(number: int) -> bytes:
    """A rack with cartons, one of them crushed; each number another one."""
    lot = Random(number)
    image = Image.new("RGB", (1200, 900), WALL)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 640, 1200, 900), fill=FLOOR)
    crushed = lot.randrange(6)
    for place in range(6):
        left, top = 120 + place % 3 * 330, 120 + place // 3 * 300
        _carton(draw, left, top, lot.randrange(180, 240), crushed=place == crushed, lot=lot)
    for left in (80, 420, 750, 1090):
        draw.rectangle((left, 60, left + 18, 760), fill=STEEL)
    for top in (370, 670):
        draw.rectangle((80, top, 1108, top + 22), fill=STEEL)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _carton(
    draw: ImageDraw.ImageDraw, left: int, top: int, high: int, *, crushed: bool, lot: Random
) -> None:
    foot = top + 250
    draw.rectangle((left, foot - high, left + 270, foot), fill=CARD, outline=DAMAGE, width=2)
    draw.rectangle((left, foot - high // 2 - 10, left + 270, foot - high // 2 + 10), fill=TAPE)
    if crushed:
        points = [(left + lot.randrange(60, 230), foot - lot.randrange(20, high)) for _ in range(7)]
        draw.polygon(points, fill=DAMAGE)


def report(lines: list[str]) -> bytes:
    """A page of text, as the plainest PDF there is."""
    plain = [line.encode("ascii", "replace").decode() for line in lines]
    safe = [line.replace("\\", "").replace("(", "[").replace(")", "]") for line in plain]
    text = "BT /F1 14 Tf 60 780 Td 22 TL " + " ".join(f"({line}) Tj T*" for line in safe) + " ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox{A4}/Contents 4 0 R/Resources{FONT}>>",
        f"<</Length {len(text)}>>\nstream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, said in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{said}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}"
    tail = f"trailer\n<</Size {len(places) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + (head + tail).encode()
