"""Data requests, feeds, and what is late."""

from __future__ import annotations

from typing import Any, Final

from energy_sdk.oracle import (
    Condition,
    Feed,
    Finding,
    HealthReport,
    Request,
    RequestBalance,
    RequestState,
    Subject,
    interval_bounds,
)
from energy_sdk.transports import ClusterStatus

from ..render import amount, kwh, label, rfc3339, sol
from .transactions import Rows

_WRONG: Final = {
    Condition.ON_TIME: "on time",
    Condition.FEED_STALE: "no new observation",
    Condition.EPOCH_NOT_CLOSED: "over and not closed",
    Condition.EPOCH_NOT_SETTLED: "closed and not settled",
    Condition.METERS_SILENT: "silent",
}


def balance_json(balance: RequestBalance) -> dict[str, Any]:
    """What a user has prepaid, in lamports."""
    return {
        "address": str(balance.address),
        "user": str(balance.user),
        "balance": amount(balance.balance),
        "promised": amount(balance.promised),
        "free": amount(balance.free),
        "requests": amount(balance.requests),
    }


def balance_rows(balance: RequestBalance) -> Rows:
    """The same for people."""
    return [
        ("user", str(balance.user)),
        ("prepaid", sol(balance.balance)),
        ("promised", f"{sol(balance.promised)}, to whoever answers open requests"),
        ("free", sol(balance.free)),
        ("requests so far", str(balance.requests)),
    ]


def request_json(request: Request) -> dict[str, Any]:
    """A request and its answer; the fee is in lamports."""
    answered = request.state is RequestState.FULFILLED
    return {
        "number": amount(request.number),
        "address": str(request.address),
        "user": str(request.user),
        "meter": str(request.meter),
        "first_interval": request.first_interval,
        "last_interval": request.last_interval,
        "fee": amount(request.fee),
        "requested_at": rfc3339(request.requested_at),
        "state": label(request.state),
        "fulfilled_at": None if request.fulfilled_at is None else rfc3339(request.fulfilled_at),
        "operator": str(request.operator) if answered else None,
        "export_wh": None if request.export_wh is None else amount(request.export_wh),
        "import_wh": None if request.import_wh is None else amount(request.import_wh),
        "data_hash": None if request.data_hash is None else request.data_hash.hex(),
    }


def request_rows(request: Request) -> Rows:
    """The same for people."""
    rows = [
        ("state", label(request.state)),
        ("meter", str(request.meter)),
        ("from", rfc3339(interval_bounds(request.first_interval)[0])),
        ("to", rfc3339(interval_bounds(request.last_interval)[1])),
        ("fee", sol(request.fee)),
        ("requested", rfc3339(request.requested_at)),
    ]
    if request.state is RequestState.PENDING:
        rows.append(("can be cancelled", f"from {rfc3339(request.cancellable_from)}"))
    if request.fulfilled_at is not None and request.data_hash is not None:
        rows += [
            ("answered", f"{rfc3339(request.fulfilled_at)} by {request.operator}"),
            ("fed in", kwh(request.export_wh or 0)),
            ("drawn", kwh(request.import_wh or 0)),
            ("hash of the readings", request.data_hash.hex()),
        ]
    return rows


def feed_json(feed: Feed, now: int) -> dict[str, Any]:
    """A feed; `quantity` is exact, `value` is the same in units of ten to the minus `decimals`."""
    observed = feed.observed_at is not None
    return {
        "number": feed.number,
        "address": str(feed.address),
        "name": feed.name,
        "unit": feed.unit,
        "decimals": feed.decimals,
        "max_age_s": feed.max_age_s,
        "value": amount(feed.value) if observed else None,
        "quantity": f"{feed.quantity:f}" if observed else None,
        "observed_at": None if feed.observed_at is None else rfc3339(feed.observed_at),
        "delay_s": feed.delay_s,
        "updates": amount(feed.updates),
        "fresh": feed.is_fresh(now),
        "freshness_bps": None if feed.freshness is None else round(feed.freshness * 10_000),
    }


def feed_rows(feed: Feed, now: int) -> Rows:
    """The same for people."""
    rows = [
        ("address", str(feed.address)),
        ("value", feed_value(feed)),
        ("fresh", f"{'yes' if feed.is_fresh(now) else 'no'}, for {feed.max_age_s} s after an observation"),
        ("observations", str(feed.updates)),
    ]
    if feed.observed_at is not None:
        rows.append(("observed", f"{rfc3339(feed.observed_at)}, on the chain {feed.delay_s} s later"))
    rows.append(("freshness", freshness(feed)))
    return rows


def feed_value(feed: Feed) -> str:
    """The last observation with its unit."""
    return "none yet" if feed.observed_at is None else f"{feed.quantity:,f} {feed.unit}".rstrip()


def freshness(feed: Feed) -> str:
    """Share of the time with a fresh value."""
    return "-" if feed.freshness is None else f"{feed.freshness:.1%}"


def health_json(report: HealthReport, cluster: ClusterStatus) -> dict[str, Any]:
    """What is late, and what is not; `healthy` is about both."""
    return {
        "market": report.market,
        "now": rfc3339(report.now),
        "healthy": report.healthy and cluster.healthy,
        "cluster": {
            "version": cluster.version,
            "slot": amount(cluster.slot),
            "finalized_slot": amount(cluster.finalized_slot),
            "block_time": rfc3339(cluster.block_time),
            "healthy": cluster.healthy,
            "slots_behind": None if cluster.slots_behind is None else amount(cluster.slots_behind),
            "slot_ms": cluster.slot_ms,
            "transactions_per_s": cluster.transactions_per_s,
        },
        "tolerated_intervals": report.tolerated_intervals,
        "feeds": report.feeds,
        "fresh_feeds": report.fresh_feeds,
        "findings": [
            {
                "subject": str(finding.subject),
                "number": finding.number,
                "name": finding.name,
                "address": str(finding.address),
                "condition": label(finding.condition),
                "late_s": finding.late_s,
                "silent_meters": [
                    {"number": meter.number, "meter_id": meter.meter_id, "newest_interval": meter.newest}
                    for meter in finding.silent
                ],
            }
            for finding in report.findings
        ],
    }


def cluster_line(cluster: ClusterStatus) -> str:
    """How the cluster is doing, in a sentence or two."""
    if cluster.healthy:
        state = "keeps up"
    else:
        behind = "an unknown number of" if cluster.slots_behind is None else f"{cluster.slots_behind}"
        state = f"is {behind} slots behind: use another endpoint, or wait"
    rate = "" if cluster.slot_ms is None else f" A slot takes {cluster.slot_ms} ms,"
    rate += "" if cluster.transactions_per_s is None else f" {cluster.transactions_per_s} transactions a second."
    return (
        f"The endpoint (version {cluster.version}) {state}. Slot {cluster.slot}, final up to {cluster.finalized_slot}, "
        f"chain time {rfc3339(cluster.block_time)}.{rate}"
    )


def finding_row(finding: Finding) -> tuple[str, str, str, str]:
    """Who, what, by how much, and which meters."""
    late = f"{finding.late_s} s" if finding.late_s else ""
    silent = ", ".join(
        meter.meter_id if meter.newest else f"{meter.meter_id} (never reported)" for meter in finding.silent
    )
    if finding.subject is Subject.SHARD and finding.silent:
        return finding.name, f"{len(finding.silent)} {_WRONG[finding.condition]}", late, silent
    return finding.name, _WRONG[finding.condition], late, silent
