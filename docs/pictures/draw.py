"""Draws the diagrams of the documentation: `python docs/pictures/draw.py`; a test compares what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

INK, MUTED, LINE = "#1f2933", "#616e7c", "#7b8794"
GREEN, BLUE, AMBER, GREY = "#d9f2e3", "#dbeafe", "#fdf0d0", "#eef1f4"
FONT = "font-family='system-ui, sans-serif'"


@dataclass
class Drawing:
    """Boxes, arrows and texts on a white sheet; lengths in SVG user units."""

    width: int
    height: int
    title: str
    parts: list[str] = field(default_factory=list)

    def box(self, x: int, y: int, width: int, height: int, *lines: str, fill: str = GREY) -> None:
        """A rounded box with its first line in bold."""
        self.parts.append(
            f"<rect x='{x}' y='{y}' width='{width}' height='{height}' rx='8' fill='{fill}' stroke='{LINE}'/>"
        )
        top = y + height / 2 - (len(lines) - 1) * 9 + 5
        for number, line in enumerate(lines):
            if number == 0:
                self.text(x + width / 2, top, line, bold=True)
            else:
                self.text(x + width / 2, top + 18 * number, line, colour=MUTED, size=12)

    def text(self, x: float, y: float, text: str, *, bold: bool = False, colour: str = INK, size: int = 14) -> None:
        weight = " font-weight='600'" if bold else ""
        self.parts.append(
            f"<text x='{x:g}' y='{y:g}' text-anchor='middle' font-size='{size}'{weight} fill='{colour}' {FONT}>"
            f"{escape(text)}</text>"
        )

    def arrow(self, *points: tuple[int, int], dashed: bool = False, head: bool = True) -> None:
        path = " ".join(f"{x},{y}" for x, y in points)
        dash = " stroke-dasharray='5 4'" if dashed else ""
        end = " marker-end='url(#head)'" if head else ""
        self.parts.append(f"<polyline points='{path}' fill='none' stroke='{LINE}' stroke-width='1.6'{dash}{end}/>")

    def svg(self) -> str:
        body = "\n".join(self.parts)
        return (
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {self.width} {self.height}' role='img'>\n"
            f"<title>{escape(self.title)}</title>\n"
            "<defs><marker id='head' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='8' markerHeight='8' "
            f"orient='auto-start-reverse'><path d='M0,0 L8,4 L0,8 z' fill='{LINE}'/></marker></defs>\n"
            f"<rect width='{self.width}' height='{self.height}' fill='white'/>\n{body}\n</svg>\n"
        )


def kilowatt_hour() -> Drawing:
    """The way of one kilowatt-hour from the roof to the kettle."""
    d = Drawing(860, 300, "The life of a kilowatt-hour: metered, minted, deposited, traded, retired")
    d.box(20, 30, 150, 64, "Solar roof", "feeds in 1 kWh", fill=AMBER)
    d.box(240, 30, 160, 64, "oracle", "accepts the reading", fill=BLUE)
    d.box(470, 30, 160, 64, "energy_token", "mints 1 GRID", fill=BLUE)
    d.box(690, 30, 150, 64, "Wallet", "of the prosumer")
    d.box(690, 190, 150, 64, "Prosumer's seat", "deposit, then ask", fill=GREEN)
    d.box(470, 190, 160, 64, "trading", "auction, settlement", fill=BLUE)
    d.box(240, 190, 160, 64, "Neighbour's seat", "1 GRID bought", fill=GREEN)
    d.box(20, 190, 150, 64, "Kettle", "draws 1 kWh", fill=AMBER)
    d.arrow((170, 62), (236, 62))
    d.arrow((400, 62), (466, 62))
    d.arrow((630, 62), (686, 62))
    d.arrow((765, 94), (765, 186))
    d.arrow((690, 222), (634, 222))
    d.arrow((470, 222), (404, 222))
    d.arrow((95, 190), (95, 140), (320, 140), (320, 98))
    d.text(205, 132, "import is metered too", colour=MUTED, size=12)
    d.arrow((360, 190), (360, 150), (550, 150), (550, 98), dashed=True)
    d.text(455, 168, "retired: burned against import", colour=MUTED, size=12)
    return d


def epoch() -> Drawing:
    """The states of an epoch's book."""
    d = Drawing(860, 230, "The states of an epoch: idle, open, closed, clearing, settled, or voided")
    for x, name, note, fill in (
        (20, "Idle", "a free book", GREY),
        (190, "Open", "orders, cancellations", GREEN),
        (370, "Closed", "orders are frozen", AMBER),
        (540, "Clearing", "price is fixed", BLUE),
        (710, "Settled", "final", GREY),
    ):
        d.box(x, 40, 130, 60, name, note, fill=fill)
    for start, end in ((150, 190), (320, 370), (500, 540), (670, 710)):
        d.arrow((start, 70), (end - 4, 70))
    d.text(255, 28, "first order", colour=MUTED, size=12)
    d.text(435, 28, "oracle, when it is over", colour=MUTED, size=12)
    d.text(605, 28, "anybody, in steps", colour=MUTED, size=12)
    d.box(370, 150, 130, 60, "Voiding", "locks are released", fill=AMBER)
    d.box(540, 150, 130, 60, "Voided", "final")
    d.arrow((435, 100), (435, 146), dashed=True)
    d.arrow((500, 180), (536, 180))
    d.text(262, 174, "if clearing stays paused", colour=MUTED, size=12)
    d.text(262, 190, "for the void delay: anybody", colour=MUTED, size=12)
    return d


def programs() -> Drawing:
    """Who calls whom, and who reads whom."""
    d = Drawing(860, 380, "The programs: solid arrows call, dashed arrows read")
    d.box(330, 20, 200, 64, "governance", "members, parameters, pause", fill=AMBER)
    d.box(60, 160, 200, 64, "registry", "users, meters", fill=GREEN)
    d.box(600, 160, 200, 64, "oracle", "readings, the clock", fill=BLUE)
    d.box(330, 160, 200, 64, "trading", "custody, auction", fill=BLUE)
    d.box(330, 290, 200, 64, "energy_token", "GRID: mint and burn", fill=BLUE)
    d.box(60, 290, 200, 64, "SPL Token", "Solana's own")
    d.arrow((600, 192), (534, 192))
    d.arrow((700, 224), (700, 322), (534, 322))
    d.arrow((430, 224), (430, 286))
    d.arrow((330, 322), (264, 322))
    d.arrow((350, 224), (230, 286))
    d.arrow((160, 160), (160, 52), (326, 52), dashed=True)
    d.arrow((430, 160), (430, 136), dashed=True, head=False)
    d.arrow((430, 114), (430, 88), dashed=True)
    d.arrow((700, 160), (700, 52), (534, 52), dashed=True)
    d.arrow((330, 192), (264, 192), dashed=True)
    d.text(430, 128, "governance also executes approved instructions in any program", colour=MUTED, size=12)
    return d


def merit_order() -> Drawing:
    """The example of the page on clearing: demand and supply steps that cross between 22 and 26."""
    d = Drawing(660, 380, "Merit order of six orders: 10 kWh trade at 24 cent, the middle of 22 and 26")
    left, bottom, per_kwh, per_cent = 70, 330, 32, 14

    def at(kwh: int, cent: int) -> tuple[int, int]:
        return left + kwh * per_kwh, bottom - (cent - 10) * per_cent

    low, high = at(0, 22)[1], at(0, 26)[1]
    d.parts.append(f"<rect x='{left}' y='{high}' width='{17 * per_kwh}' height='{low - high}' fill='{AMBER}'/>")
    for orders, colour in (([(4, 30), (6, 26), (6, 20)], "#2563eb"), ([(5, 18), (5, 22), (5, 28)], "#15803d")):
        points, kwh = [], 0
        for energy, price in orders:
            points += [at(kwh, price), at(kwh + energy, price)]
            kwh += energy
        path = " ".join(f"{x},{y}" for x, y in points)
        d.parts.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='3'/>")
    d.arrow((left, bottom), at(18, 10), head=True)
    d.arrow((left, bottom), at(0, 32), head=True)
    x, y = at(10, 24)
    d.arrow((left, y), (x, y), dashed=True, head=False)
    d.arrow((x, y), (x, bottom), dashed=True, head=False)
    d.parts.append(f"<circle cx='{x}' cy='{y}' r='5' fill='{INK}'/>")
    for cent in (18, 20, 22, 24, 26, 28, 30):
        d.text(left - 20, at(0, cent)[1] + 4, str(cent), colour=MUTED, size=12)
    for kwh in (0, 5, 10, 15):
        d.text(at(kwh, 10)[0], bottom + 18, str(kwh), colour=MUTED, size=12)
    d.text(at(14, 20)[0], at(0, 20)[1] - 8, "bids", colour="#2563eb", bold=True)
    d.text(at(13, 28)[0], at(0, 28)[1] - 8, "asks", colour="#15803d", bold=True)
    d.text(at(13, 24)[0] + 20, y + 4, "any price here clears", colour=MUTED, size=12)
    d.text(at(9, 10)[0], bottom + 38, "kWh", colour=MUTED, size=12)
    d.text(left + 50, 20, "cent per kWh", colour=MUTED, size=12)
    return d


PICTURES = {
    "kilowatt-hour.svg": kilowatt_hour,
    "epoch.svg": epoch,
    "programs.svg": programs,
    "merit-order.svg": merit_order,
}


def main() -> None:
    """Write all of them beside this file."""
    for name, draw in PICTURES.items():
        (Path(__file__).parent / name).write_text(draw().svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
