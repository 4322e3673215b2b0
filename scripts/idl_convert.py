"""Converts an IDL of Anchor 0.30 and later into the older form that AnchorPy 0.21 reads.

Names stay in snake_case: the discriminator of an instruction is a hash of its name, and turning `settle_24h`
into camelCase and back gives another name. Everything that the older form cannot express is refused.
"""

from __future__ import annotations

import hashlib
from typing import Any

Json = dict[str, Any]


class NotConvertible(Exception):
    """The IDL uses something that the older form does not have."""


def convert(idl: Json) -> Json:
    """The older form of `idl`.

    Zero-copy types are left out: their memory layout is not Borsh, so a Borsh decoder would misread them. So are
    types that neither arguments nor own accounts nor events contain: accounts of other programs, which an
    instruction only reads.

    Raises:
        NotConvertible: generics or discriminators that are not the default ones.
    """
    types = {kind["name"]: kind for kind in idl.get("types", [])}
    borsh = {name: kind for name, kind in types.items() if not is_zero_copy(kind)}
    accounts = [account["name"] for account in idl.get("accounts", [])]
    events = [event["name"] for event in idl.get("events", [])]
    arguments = [argument["type"] for instruction in idl["instructions"] for argument in instruction["args"]]
    own = [borsh[name]["type"] for name in [*accounts, *events] if name in borsh]
    used = _reachable([arguments, own], types)
    _check_discriminators(idl)
    return {
        "version": idl["metadata"]["version"],
        "name": idl["metadata"]["name"],
        "instructions": [_instruction(instruction) for instruction in idl["instructions"]],
        "accounts": [_type_definition(borsh[name]) for name in accounts if name in borsh],
        "events": [_event(borsh[name]) for name in events],
        "types": [
            _type_definition(kind)
            for name, kind in borsh.items()
            if name in used and name not in accounts and name not in events
        ],
        "errors": [
            {"code": error["code"], "name": error["name"], "msg": error.get("msg", error["name"])}
            for error in idl.get("errors", [])
        ],
        "metadata": {"address": idl["address"]},
    }


def _reachable(start: Any, types: dict[str, Json]) -> set[str]:
    """Names of the types that `start` mentions, directly or through others."""
    found: set[str] = set()
    rest = [start]
    while rest:
        match rest.pop():
            case {"defined": {"name": name}} if name not in found:
                found.add(name)
                rest.append(types[name]["type"])
            case dict() as inner:
                rest.extend(inner.values())
            case list() as inner:
                rest.extend(inner)
            case _:
                pass
    return found


def is_zero_copy(kind: Json) -> bool:
    """Whether a type lies in memory as it does in the account."""
    return str(kind.get("serialization", "borsh")).startswith("bytemuck")


def discriminator(namespace: str, name: str) -> list[int]:
    """Anchor's default discriminator: eight bytes of a hash of namespace and name."""
    return list(hashlib.sha256(f"{namespace}:{name}".encode()).digest()[:8])


def _check_discriminators(idl: Json) -> None:
    for key, namespace in (("instructions", "global"), ("accounts", "account"), ("events", "event")):
        for item in idl.get(key, []):
            if item["discriminator"] != discriminator(namespace, item["name"]):
                raise NotConvertible(f"{item['name']} has a discriminator of its own")


def _instruction(instruction: Json) -> Json:
    # Return values are left out: AnchorPy does not decode them.
    return {
        "name": instruction["name"],
        "accounts": [_account(account) for account in instruction["accounts"]],
        "args": [_field(argument) for argument in instruction["args"]],
    }


def _account(account: Json) -> Json:
    if "accounts" in account:
        return {"name": account["name"], "accounts": [_account(inner) for inner in account["accounts"]]}
    converted: Json = {
        "name": account["name"],
        "isMut": account.get("writable", False),
        "isSigner": account.get("signer", False),
    }
    if account.get("optional", False):
        converted["isOptional"] = True
    return converted


def _event(kind: Json) -> Json:
    fields = [_field(field) | {"index": False} for field in kind["type"].get("fields", [])]
    return {"name": kind["name"], "fields": fields}


def _type_definition(kind: Json) -> Json:
    if kind.get("generics"):
        raise NotConvertible(f"{kind['name']} is generic")
    body = kind["type"]
    match body["kind"]:
        case "struct":
            return {"name": kind["name"], "type": {"kind": "struct", "fields": _fields(body.get("fields", []))}}
        case "enum":
            return {"name": kind["name"], "type": {"kind": "enum", "variants": _variants(body["variants"])}}
        case other:
            raise NotConvertible(f"{kind['name']} is a {other}")


def _variants(variants: list[Json]) -> list[Json]:
    return [
        {"name": variant["name"]} | ({"fields": _fields(variant["fields"])} if variant.get("fields") else {})
        for variant in variants
    ]


def _fields(fields: list[Any]) -> list[Any]:
    return [
        _field(field) if isinstance(field, dict) and "name" in field and "type" in field else _type(field)
        for field in fields
    ]


def _field(field: Json) -> Json:
    return {"name": field["name"], "type": _type(field["type"])}


def _type(kind: Any) -> Any:
    match kind:
        case "pubkey":
            return "publicKey"
        case str():
            return kind
        case {"defined": {"name": name, **rest}}:
            if rest.get("generics"):
                raise NotConvertible(f"{name} is used with generics")
            return {"defined": name}
        case {"array": [inner, int() as length]}:
            return {"array": [_type(inner), length]}
        case {"vec": inner}:
            return {"vec": _type(inner)}
        case {"option": inner}:
            return {"option": _type(inner)}
        case other:
            raise NotConvertible(f"type {other} has no older form")
