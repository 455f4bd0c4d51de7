"""Keys are found by the box, shown without secrets, and gone once revoked."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.domain.access_key import AccessKey, KeyKind, KeyRole
from edge_agent.domain.errors import NotFound, Refused
from edge_agent.keys import KeyOptions, Keys, NewKey, Sealing, add_key, list_keys, revoke
from edge_agent.storage import Store
from edge_agent.storage.audit import verify_audit
from edge_agent.storage.beside import beside
from tests.support.clocks import SetClock

SEALING = Sealing("the key of this box")
AT_ONCE = KeyOptions(refresh=0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SetClock()) as opened:
        yield opened


async def added(store: Store, new: NewKey) -> AccessKey:
    async with store.transaction() as tx:
        return await add_key(tx, SEALING, new, asker="test", at_ms=7)


@pytest.mark.parametrize("kind", KeyKind)
async def test_a_random_key_is_found_as_it_was_shown(store: Store, kind: KeyKind) -> None:
    key = await added(store, NewKey(kind=kind, name="till"))
    assert await Keys(store, SEALING, AT_ONCE, SetClock()).find(key.id) == key
    assert (key.kind, key.role, key.name) == (kind, KeyRole.FULL, "till")
    assert key.secret not in repr(key)
    other = await added(store, NewKey(kind=kind))
    assert key.secret != other.secret
    assert await verify_audit(store) is None


async def test_no_secret_stands_in_any_file(store: Store) -> None:
    secret = "correct-horse-battery"
    await added(store, NewKey(kind=KeyKind.ALIYUN, id="testid", secret=secret))
    await store.checkpoint()
    for path in store.folder.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes()


async def test_a_revoked_key_opens_nothing_and_its_id_is_never_given_again(store: Store) -> None:
    new = NewKey(kind=KeyKind.TOP, id="12345678", secret="a-secret-of-a-shop")
    await added(store, new)
    keys = Keys(store, SEALING, AT_ONCE, SetClock())
    assert await keys.find("12345678") is not None
    async with store.transaction() as tx:
        await revoke(tx, "12345678", asker="test", at_ms=9)
    assert await keys.find("12345678") is None
    shown = await list_keys(store, SEALING)
    assert [(key.id, key.revoked_ms, key.readable) for key in shown] == [("12345678", 9, False)]
    with pytest.raises(Refused, match="there is, or was"):
        await added(store, new)
    async with store.transaction() as tx:
        with pytest.raises(NotFound, match="12345678"):
            await revoke(tx, "12345678", asker="test", at_ms=9)


async def test_keys_are_read_anew_only_after_a_while(store: Store) -> None:
    clock = SetClock()
    keys = Keys(store, SEALING, KeyOptions(refresh=2.0), clock)
    assert await keys.find("testid") is None
    await added(store, NewKey(kind=KeyKind.ALIYUN, id="testid"))
    assert await keys.find("testid") is None
    clock.pass_by(2)
    assert await keys.find("testid") is not None


async def test_keys_of_another_box_key_open_nothing(store: Store) -> None:
    key = await added(store, NewKey(kind=KeyKind.ALIYUN))
    other = Sealing("the key of another box")
    assert await Keys(store, other, AT_ONCE, SetClock()).find(key.id) is None
    assert [shown.readable for shown in await list_keys(store, other)] == [False]


async def test_a_secret_moved_to_another_key_opens_nothing(store: Store) -> None:
    weak = await added(store, NewKey(kind=KeyKind.ALIYUN, role=KeyRole.READER))
    full = await added(store, NewKey(kind=KeyKind.ALIYUN))
    async with store.transaction() as tx:
        await tx.execute(
            "UPDATE access_key SET secret = (SELECT secret FROM access_key WHERE id = ?)"
            " WHERE id = ?",
            (weak.id, full.id),
        )
    keys = Keys(store, SEALING, AT_ONCE, SetClock())
    assert await keys.find(full.id) is None
    assert await keys.find(weak.id) == weak


async def test_the_configuration_wins(store: Store) -> None:
    stored = await added(store, NewKey(kind=KeyKind.ALIYUN, id="testid"))
    written = AccessKey(
        id="testid",
        secret="written in the file",
        kind=KeyKind.ALIYUN,
        role=KeyRole.READER,
        name="file",
    )
    keys = Keys(store, SEALING, AT_ONCE, SetClock(), configured=[written])
    assert await keys.find("testid") == written != stored


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (NewKey(kind=KeyKind.ALIYUN, id="a b c d"), "id"),
        (NewKey(kind=KeyKind.ALIYUN, id=""), "id"),
        (NewKey(kind=KeyKind.ALIYUN, secret="too short"), "secret"),
        (NewKey(kind=KeyKind.ALIYUN, secret="with a blank in between"), "secret"),
        (NewKey(kind=KeyKind.ALIYUN, name="x" * 65), "name"),
        (NewKey(kind=KeyKind.ALIYUN, name="two\nlines"), "name"),
    ],
)
async def test_what_cannot_be_a_key(store: Store, wrong: NewKey, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        await added(store, wrong)
    assert refusal.value.field == field


async def two_keys_of_which_one_cannot_be(folder: Path) -> None:
    async with beside(folder, clock=SetClock()) as tx:
        await add_key(tx, SEALING, NewKey(kind=KeyKind.TOP), asker="cli", at_ms=1)
        await add_key(tx, SEALING, NewKey(kind=KeyKind.TOP, id="x"), asker="cli", at_ms=1)


async def test_a_key_is_added_while_the_box_runs(store: Store) -> None:
    """The command line is another process; it does not need the box to stop."""
    async with beside(store.folder, clock=SetClock()) as tx:
        key = await add_key(tx, SEALING, NewKey(kind=KeyKind.ALIYUN), asker="cli", at_ms=1)
    assert await Keys(store, SEALING, AT_ONCE, SetClock()).find(key.id) == key
    with pytest.raises(Refused):
        await two_keys_of_which_one_cannot_be(store.folder)
    assert len(await list_keys(store, SEALING)) == 1
    assert await verify_audit(store) is None


async def test_a_key_is_added_while_no_box_runs(tmp_path: Path) -> None:
    async with beside(tmp_path / "new", clock=SetClock()) as tx:
        key = await add_key(tx, SEALING, NewKey(kind=KeyKind.ALIYUN), asker="cli", at_ms=1)
    async with await Store.open(tmp_path / "new", clock=SetClock()) as store:
        assert await Keys(store, SEALING, AT_ONCE, SetClock()).find(key.id) == key
