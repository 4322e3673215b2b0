"""Checking a market without trusting it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from energy_sdk.audit import AuditReport, EpochExport, verify_export
from energy_sdk.audit import audit as run_audit
from energy_sdk.exceptions import InvalidInput

from ..context import session
from ..failures import ExitCode
from ..render import Output, amount
from .arguments import U32_MAX, MarketId

_WIDTH: Final = 64
"""Longest value that a table shows whole; JSON shows all of every value."""


def audit(
    context: typer.Context,
    market: MarketId,
    epoch: Annotated[
        int | None, typer.Argument(metavar="EPOCH", min=1, max=U32_MAX, help="Only this epoch; all by default.")
    ] = None,
    exports: Annotated[
        Path | None,
        typer.Option("--exports", metavar="DIR", help="Use the exported epochs in this folder where books are gone."),
    ] = None,
    offline: Annotated[
        list[Path] | None,
        typer.Option("--offline", metavar="FILE", help="Only check this exported epoch by itself; may be repeated."),
    ] = None,
) -> None:
    """Derive everything that a market claims again, from orders and history, and compare.

    Clearings, money, fees, digests, custody, supply and meters. Prints what agrees, what does not, and what could
    not be checked. Ends with status 1 if anything does not agree.
    """
    cli = session(context)
    if offline:
        if exports is not None:
            raise InvalidInput("--offline asks no chain, --exports helps one that forgot; give one of them")
        report = _offline(market, epoch, offline)
    else:
        files = [] if exports is None else _exports(exports, market, epoch)
        epochs = None if epoch is None else [epoch]
        report = cli.read(lambda client: run_audit(client, market, epochs, files))
    _show(cli.output, report, f"market {market}" if epoch is None else f"epoch {epoch} of market {market}")
    if not report.ok:
        raise typer.Exit(ExitCode.UNEXPECTED)


def _offline(market: int, epoch: int | None, files: list[Path]) -> AuditReport:
    report = AuditReport(market=market)
    for file in files:
        export = _read(file)
        if export.market != market or epoch not in (None, export.epoch):
            raise InvalidInput(
                f"{file} holds epoch {export.epoch} of market {export.market}; name that, or another file"
            )
        found = asyncio.run(verify_export(export))
        report.checks += found.checks
        report.not_checked += found.not_checked
    return report


def _exports(folder: Path, market: int, epoch: int | None) -> list[EpochExport]:
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is no folder; --exports names one that holds exported epochs")
    found = [_read(file) for file in sorted(folder.glob("*.json"))]
    return [export for export in found if export.market == market and epoch in (None, export.epoch)]


def _read(file: Path) -> EpochExport:
    try:
        return EpochExport.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InvalidInput(f"cannot read {file}: {reason}") from None
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}") from None


def _show(output: Output, report: AuditReport, subject: str) -> None:
    areas: dict[str, tuple[int, int]] = {}
    for area, _, total, wrong in report.by_area():
        known = areas.get(area, (0, 0))
        areas[area] = known[0] + total, known[1] + wrong
    output.table(
        {"audit": _json(report)},
        title=f"Audit of {subject}: {_verdict(report)}",
        columns=("area", ">compared", ">agree", ">differ"),
        rows=((area, str(total), str(total - wrong), str(wrong)) for area, (total, wrong) in areas.items()),
        empty="Nothing could be compared.",
    )
    if output.as_json:
        return
    if report.mismatches:
        output.table(
            {},
            title="Does not agree",
            columns=("area", "of", "what", "expected", "found"),
            rows=(
                (check.area, check.subject, check.name, _short(check.expected), _short(check.found))
                for check in report.mismatches
            ),
            empty="",
        )
    if report.not_checked:
        output.table(
            {},
            title="Not checked",
            columns=("area", "of", "why"),
            rows=((item.area, item.subject, item.reason) for item in report.not_checked),
            empty="",
        )


def _verdict(report: AuditReport) -> str:
    if report.mismatches:
        return f"{len(report.mismatches)} of {len(report.checks)} claims do not agree"
    if not report.checks:
        return "nothing could be compared"
    return f"all {len(report.checks)} claims that could be checked agree"


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _json(report: AuditReport) -> dict[str, Any]:
    return {
        "market": report.market,
        "ok": report.ok,
        "compared": len(report.checks),
        "areas": [
            {"area": area, "name": name, "compared": total, "mismatches": wrong}
            for area, name, total, wrong in report.by_area()
        ],
        "mismatches": [
            {
                "area": check.area,
                "name": check.name,
                "subject": check.subject,
                "expected": check.expected,
                "found": check.found,
            }
            for check in report.mismatches
        ],
        "not_checked": [
            {"area": item.area, "subject": item.subject, "reason": item.reason} for item in report.not_checked
        ],
        "burned_by_holders": None if report.burned_by_holders is None else amount(report.burned_by_holders),
    }
