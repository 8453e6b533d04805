"""Every request of a sync lost, every answer lost or cut short: after each, one more run makes both sides
whole.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.sweep import Stage
from tests.support.couch import embedded_server
from tests.support.faulty import TRANSPORT_FAULTS, Fault, every

SMALL_BATCH = 7
DEFAULT_BATCH = 500


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch, embedded_server(folder / "server") as server:
        # Some attachments of the sweep are to be streamed, without megabytes in every case.
        patch.setattr("replica.replication.batch.ATTACHMENT_INLINE_BYTES", 4000)
        patch.setattr("replica.replication.delivery.ATTACHMENT_INLINE_BYTES", 4000)
        yield Stage(folder, server)


def cuts(stage: Stage, batch: int) -> list[tuple[int, Fault]]:
    """Every request of one undisturbed sync with every fault."""
    case = stage(batch)
    requests = case.sync({})
    case.assert_whole()
    return list(every(len(requests), TRANSPORT_FAULTS))


def suffer(stage: Stage, batch: int, cut: tuple[int, Fault]) -> None:
    case = stage(batch)
    assert len(case.sync(dict([cut]))) >= cut[0], f"request {cut[0]} was never reached"
    case.assert_whole()


@pytest.mark.parametrize("batch", [SMALL_BATCH, DEFAULT_BATCH])
def test_a_sample_of_cuts_loses_and_doubles_nothing(stage: Stage, batch: int) -> None:
    everywhere = cuts(stage, batch)
    for cut in everywhere[:: len(everywhere) // 6]:
        suffer(stage, batch, cut)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("batch", [SMALL_BATCH, DEFAULT_BATCH])
def test_no_cut_anywhere_loses_or_doubles_anything(
    stage: Stage, batch: int, capsys: pytest.CaptureFixture[str]
) -> None:
    everywhere = cuts(stage, batch)
    for cut in everywhere:
        suffer(stage, batch, cut)
    with capsys.disabled():
        print(f"\nbatch {batch}: {len(everywhere)} cuts of the network, both sides whole after each")
