"""What a command runs with: one resolved cluster, key and commitment, and where its output goes."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

import typer
from energy_sdk import EnergyClient, Hash, Keypair, Pubkey, RpcTransport, Signer, Transport
from energy_sdk.exceptions import AccountError, DeclaredError, InvalidInput, SignatureAbsent, TransactionFailed
from energy_sdk.offline import export_message
from energy_sdk.signers.absent import AbsentSigner
from energy_sdk.signers.remote import RemoteSigner
from energy_sdk.transactions import Entry, Outbox, SendPolicy
from energy_sdk.transactions.messages import fee_of, read_message
from energy_sdk.wallets import open_signer, read_public_key

from .diagnosis import require_market_programs
from .passwords import PASSWORD_VARIABLE, ask_at_terminal, read_secret
from .render import Output
from .settings import Flags, Settings, outbox_folder, resolve
from .views.signing import offline_json, offline_rows
from .views.transactions import estimate_json, estimate_rows

T = TypeVar("T")

_LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "::1")


def rpc_transport(settings: Settings) -> Transport:
    """The cluster of the settings."""
    # A chain on this machine is quick, and nobody counts the questions put to it.
    is_local = urlsplit(settings.url).hostname in _LOCAL_HOSTS
    return RpcTransport(settings.url, commitment=settings.commitment, poll_interval=0.1 if is_local else 0.4)


class Ask(Protocol):
    """Has the user type something, unseen if it is hidden."""

    def __call__(self, prompt: str, *, hidden: bool) -> str: ...


@dataclass(slots=True, kw_only=True)
class Wiring:
    """What the commands are connected to. Tests put a chain of their own here: `invoke(app, ..., obj=Wiring(...))`."""

    transport: Callable[[Settings], Transport] = rpc_transport
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    ask: Ask = ask_at_terminal


class Session:
    """One run of energyctl. Nothing is read or connected before a command asks for it."""

    def __init__(self, *, flags: Flags, wiring: Wiring, as_json: bool) -> None:
        self.flags = flags
        self._wiring = wiring
        self.output = Output(as_json=as_json)
        self._absent: set[Pubkey] = set()

    def at(self, url: str) -> Session:
        """The same session at another cluster."""
        return Session(flags=replace(self.flags, url=url), wiring=self._wiring, as_json=self.output.as_json)

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables that count."""
        return self._wiring.environ

    @cached_property
    def settings(self) -> Settings:
        """Cluster, key file and commitment."""
        return resolve(self.flags, self.environ)

    @cached_property
    def public_key(self) -> Pubkey:
        """The user's public key, for which no password is asked.

        Raises:
            WalletError: the key file is missing, malformed or damaged.
        """
        return self._key_of(self.settings.keypair)

    @cached_property
    def signer(self) -> Signer:
        """What signs for the user.

        Raises:
            WalletError: the key file is missing, malformed or damaged, or the password is wrong.
        """
        return self.open_signer(self.settings.keypair)

    def open_signer(self, file: Path) -> Signer:
        """What signs for a key file or keystore, whose password is asked for, or for a URI such as remote:SOCKET.

        With --unsigned or --estimate nobody signs here: an address is enough, and no password is asked for.

        Raises:
            WalletError: the file is missing, malformed or damaged, the password is wrong, or a signer does not
                answer.
        """
        if self.flags.unsigned is not None or self.flags.estimate:
            absent = AbsentSigner(self._key_of(file))
            self._absent.add(absent.pubkey())
            return absent
        signer = open_signer(file, password=self.password)
        if isinstance(signer, RemoteSigner):
            signer.reason = self.flags.reason
        return signer

    def _key_of(self, file: Path) -> Pubkey:
        try:
            return Pubkey.from_string(str(file))
        except ValueError:
            return read_public_key(file)

    def ask(self, prompt: str, *, hidden: bool = False) -> str:
        """What the user types.

        Raises:
            NoTerminal: there is no terminal.
        """
        return self._wiring.ask(prompt, hidden=hidden)

    def confirm(self, question: str) -> bool:
        """Whether the user says yes.

        Raises:
            NoTerminal: there is no terminal.
        """
        return self.ask(f"{question} [y/N] ").strip().lower() in ("y", "yes")

    def password(self, file: Path) -> str:
        """The password of the keystore at `file`.

        Raises:
            InvalidInput: the file that it should be in cannot be read.
            NoTerminal: there is no such file, and no terminal.
        """
        return self._password_given or self.ask(f"Password of {file}: ", hidden=True)

    def new_password(self, file: Path) -> str:
        """The password that a new keystore at `file` is to have, typed twice unless it comes from a file.

        Raises:
            InvalidInput: it was typed differently, or the file that it should be in cannot be read.
            NoTerminal: there is no such file, and no terminal.
        """
        return self._password_given or self.typed_password(file)

    def typed_password(self, file: Path) -> str:
        """The password that the keystore at `file` is to have, typed twice at the terminal.

        Raises:
            InvalidInput: it was typed differently.
            NoTerminal: there is none.
        """
        first = self.ask(f"New password of {file}: ", hidden=True)
        if self.ask("The same again: ", hidden=True) != first:
            raise InvalidInput("the two passwords differ; nothing was written")
        return first

    @cached_property
    def _password_given(self) -> str | None:
        # Read once: a descriptor gives its content only once, and several keystores may have one password.
        source = self.flags.password_file or self.environ.get(PASSWORD_VARIABLE)
        return read_secret(source, "password") if source else None

    def read(self, action: Callable[[EnergyClient], Awaitable[T]], *, diagnose: bool = True) -> T:
        """Run `action` with a client that needs no key file.

        Args:
            diagnose: where something is missing, see whether it is the market itself.
        """
        # A client must have a payer; one made up on the spot cannot spend anything.
        result = self._run(action, Keypair(), diagnose=diagnose)
        for option, given in (
            ("--unsigned", self.flags.unsigned is not None),
            ("--estimate", self.flags.estimate),
            ("--idempotency-key", self.flags.idempotency_key is not None),
        ):
            if given:
                raise InvalidInput(f"this command sends nothing, so there is nothing to {option}")
        return result

    def write(self, action: Callable[[EnergyClient], Awaitable[T]], *, prepares: bool = False) -> T:
        """Run `action` with a client that pays and signs with the user's key; --unsigned and --estimate end the command
        where it would send.

        Args:
            prepares: the action initialises the programs where that is missing, and says itself what else is.
        """
        if self.flags.unsigned is None:
            if self.flags.nonce is not None:
                raise InvalidInput("--nonce goes with --unsigned: only what is signed elsewhere has to wait")
            if self.flags.fee_payer is not None:
                raise InvalidInput("--fee-payer goes with --unsigned: what is sent at once, -k pays for")
        elif self.flags.estimate:
            raise InvalidInput("--estimate and --unsigned both end before sending; use one of them")
        return self._run(action, self.signer, diagnose=not prepares, sends=True)

    @property
    def policy(self) -> SendPolicy:
        """What a transaction may cost.

        Raises:
            InvalidInput: the priority fee is none, or above its cap.
        """
        fee = self.settings.priority_fee
        return SendPolicy(
            priority_fee=fee,
            max_priority_fee=self.settings.max_priority_fee,
            # Priority is paid for the budget, so that it pays to find out how much is needed.
            compute_units="simulated" if fee else "asked",
        )

    def _tell(self, resumed: list[Entry]) -> None:
        """Say what became of earlier runs' transactions, in a line."""
        if resumed:
            states = Counter("still open" if entry.open else str(entry.state) for entry in resumed)
            counts = ", ".join(f"{count} {state}" for state, count in states.items())
            self.output.note(f"Transactions of an earlier run: {counts}; `energyctl tx list` shows them.")

    def _run(
        self,
        action: Callable[[EnergyClient], Awaitable[T]],
        payer: Signer,
        *,
        diagnose: bool = True,
        sends: bool = False,
    ) -> T:
        async def connected() -> T:
            async with AsyncExitStack() as stack:
                transport = self._wiring.transport(self.settings)
                stack.push_async_callback(transport.close)
                outbox = None
                # What is not sent, or to a chain that ends with this process, need not be kept.
                if sends and not self._keeps_back and isinstance(transport, RpcTransport):
                    outbox = stack.enter_context(Outbox(outbox_file(await transport.genesis_hash())))
                client = EnergyClient(transport, payer, policy=self.policy, outbox=outbox)
                self._tell(await client.transactions.resume())
                if sends and self.flags.idempotency_key is not None and not self._keeps_back:
                    stack.enter_context(client.transactions.idempotent(self.flags.idempotency_key))
                try:
                    return await action(client)
                except SignatureAbsent as absent:
                    if self.flags.estimate:
                        await self._estimate(client, absent.message)
                    else:
                        await self._export(client, absent.message)
                    raise typer.Exit from None
                except (AccountError, TransactionFailed) as error:
                    if diagnose and not _from_a_program(error):
                        await require_market_programs(client, self.settings.url)
                    raise

        return asyncio.run(connected())

    @property
    def _keeps_back(self) -> bool:
        """Whether what the command would send stays here."""
        return self.flags.unsigned is not None or self.flags.estimate

    async def _estimate(self, client: EnergyClient, message: bytes) -> None:
        told, used = fee_of(read_message(message)), await client.transactions.simulate_message(message)
        self.output.facts(
            {"estimate": {**estimate_json(told), "compute_units_used": used.compute_units}},
            title=f"The transaction would cost {told.lamports:,} lamports; nothing was sent",
            rows=estimate_rows(told, used.compute_units),
        )

    async def _export(self, client: EnergyClient, message: bytes) -> None:
        nonce = None if self.flags.nonce is None else _address(self.flags.nonce)
        payer = None if self.flags.fee_payer is None else self._key_of(Path(self.flags.fee_payer))
        if payer is not None:
            self._absent.add(payer)
        exported = await export_message(client.transport, message, nonce=nonce, fee_payer=payer)
        file = Path(self.flags.unsigned or "")
        made_up = {key for key in read_message(message).signers if key not in self._absent}
        if made_up:
            raise InvalidInput(
                f"this command also signs with keys made on the spot ({', '.join(map(str, made_up))}), so nobody could "
                "complete it later; run it where its key is"
            )
        exported.save(file)
        self.output.facts(
            {"file": str(file), "transaction": offline_json(exported)},
            title=f"Exported to {file}, nothing was sent",
            rows=offline_rows(exported),
        )


def outbox_file(genesis: Hash) -> Path:
    """Where the transactions sent to a chain are kept."""
    return outbox_folder() / f"{genesis}.sqlite"


def _address(text: str) -> Pubkey:
    try:
        return Pubkey.from_string(text)
    except ValueError:
        raise InvalidInput(f"nonce account {text!r} is no address; `energyctl nonce create` shows it") from None


def _from_a_program(error: Exception) -> bool:
    # The SDK raises some of the programs' errors itself; those come without a log.
    return isinstance(error, DeclaredError) and bool(error.logs)


def session(context: typer.Context) -> Session:
    """The session of a command."""
    found: Any = context.obj
    assert isinstance(found, Session)
    return found
