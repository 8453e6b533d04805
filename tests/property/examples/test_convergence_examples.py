"""Programs that the convergence machine once found, kept by name."""

from __future__ import annotations

import shutil
from pathlib import Path

from replica import Database, replicate
from tests.support.comparison import leaves
from tests.support.world import StillWorld


def test_a_peer_went_back_and_our_checkpoints_are_lost_so_marks_prove_nothing(tmp_path: Path) -> None:
    """The mark said that the centre has the document; nothing was left to tell that the centre had been restored."""
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
