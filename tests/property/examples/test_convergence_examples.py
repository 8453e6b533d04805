"""Programs that the convergence machine once found, kept by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from replica import Database, Unreachable, replicate
from tests.support.comparison import leaves
from tests.support.cutting import AsCentre, CuttingPeer
from tests.support.streaming import StreamingPeer
from tests.support.world import StillWorld


def test_a_peer_went_back_and_our_checkpoints_are_lost_so_marks_prove_nothing(tmp_path: Path) -> None:
    """The mark said that the centre has the document; nothing was left to tell that the centre had been
    restored.
    """
    world = StillWorld().world()
    with Database.open(tmp_path / "phone.sqlite") as phone:
        with Database.open(tmp_path / "centre.sqlite"):
            pass
        shutil.copy(tmp_path / "centre.sqlite", tmp_path / "backup.sqlite")
        with Database.open(tmp_path / "centre.sqlite") as centre:
            centre.put({"_id": "a"})
            replicate(centre, phone, world=world)
        shutil.copy(tmp_path / "backup.sqlite", tmp_path / "centre.sqlite")
        for document in phone.local_docs():
            phone.delete_local(document["_id"].removeprefix("_local/"))
        with Database.open(tmp_path / "centre.sqlite") as centre:
            replicate(phone, centre, world=world)
            assert leaves(centre) == leaves(phone) != {}


def test_what_arrived_without_its_answer_is_sent_again_to_a_restored_peer(tmp_path: Path) -> None:
    """The receipt was there when the next push asked, so nothing was sent and no checkpoint spoke of it."""
    world = StillWorld().world()
    with Database.open(tmp_path / "phone.sqlite") as phone:
        phone.put({"_id": "receipt:1"})
        with Database.open(tmp_path / "centre.sqlite") as centre:
            replicate(phone, AsCentre(centre), world=world)
        shutil.copy(tmp_path / "centre.sqlite", tmp_path / "backup.sqlite")
        phone.put({"_id": "receipt:2"})
        with Database.open(tmp_path / "centre.sqlite") as centre:
            with pytest.raises(Unreachable):
                replicate(phone, CuttingPeer(AsCentre(centre), 4, delivered=False), attempts=1, world=world)
            assert centre.get("receipt:2")
            assert replicate(phone, AsCentre(centre), world=world).docs_written == 0
        shutil.copy(tmp_path / "backup.sqlite", tmp_path / "centre.sqlite")
        with Database.open(tmp_path / "centre.sqlite") as centre:
            replicate(phone, AsCentre(centre), world=world)
            assert leaves(centre) == leaves(phone)


def test_a_deletion_passed_on_without_its_history_is_joined_to_what_it_deleted(tmp_path: Path) -> None:
    """A first sync knows nothing of what a tombstone deleted. Handed on to who still had that, the two stood
    side by side, and the document was alive again there.
    """
    world = StillWorld().world()
    with (
        Database.open(tmp_path / "centre.sqlite") as centre,
        Database.open(tmp_path / "old.sqlite") as old,
        Database.open(tmp_path / "new.sqlite") as new,
    ):
        rev = centre.put({"_id": "a"})
        replicate(centre, old, world=world)
        gone = centre.delete("a", rev)
        replicate(StreamingPeer(centre), new, world=world)
        replicate(new, old, world=world)
        assert len(leaves(old)) == 2
        replicate(centre, old, world=world)
        assert list(leaves(old)) == [("a", gone)]
        assert leaves(old) == leaves(new) == leaves(centre)
        assert replicate(centre, old, world=world).docs_written == 0


def test_a_push_passes_what_a_restored_centre_lost_and_a_later_pull_notices(tmp_path: Path) -> None:
    """The push went before the pull: its checkpoint stood behind a document that it had left out because the
    centre was known to have it. Once the pull saw that the centre had been restored, it was too late.
    """
    world = StillWorld().world()
    with Database.open(tmp_path / "phone.sqlite") as phone:
        with Database.open(tmp_path / "centre.sqlite"):
            pass
        shutil.copy(tmp_path / "centre.sqlite", tmp_path / "backup.sqlite")
        with Database.open(tmp_path / "centre.sqlite") as centre:
            centre.put({"_id": "customer:1"})
            replicate(centre, phone, world=world)
        shutil.copy(tmp_path / "backup.sqlite", tmp_path / "centre.sqlite")
        phone.put({"_id": "receipt:1"})
        with Database.open(tmp_path / "centre.sqlite") as centre:
            for _again in range(2):
                replicate(phone, AsCentre(centre), world=world)
                replicate(centre, phone, world=world)
            assert leaves(centre) == leaves(phone)
            assert replicate(phone, AsCentre(centre), world=world).docs_written == 0


@pytest.mark.parametrize("limited", [False, True])
def test_a_store_that_once_pulled_gives_back_to_a_restored_peer(tmp_path: Path, *, limited: bool) -> None:
    """Whoever pulls from it now reads no checkpoint that would tell of the restored backup; nor does a pull
    that is limited, if it never comes again.
    """
    world = StillWorld().world()
    with Database.open(tmp_path / "centre.sqlite") as centre:
        with Database.open(tmp_path / "phone.sqlite"):
            pass
        shutil.copy(tmp_path / "phone.sqlite", tmp_path / "backup.sqlite")
        with Database.open(tmp_path / "phone.sqlite") as phone:
            phone.put({"_id": "photo:1"})
            replicate(phone, centre, doc_ids=["photo:1"] if limited else None, world=world)
        shutil.copy(tmp_path / "backup.sqlite", tmp_path / "phone.sqlite")
        with Database.open(tmp_path / "phone.sqlite") as phone:
            replicate(centre, AsCentre(phone) if limited else phone, world=world)
            assert leaves(phone) == leaves(centre) != {}
