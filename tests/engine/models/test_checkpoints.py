"""What a crash can cost."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from tlgui.core.errors import TlguiError
from tlgui.engine.models.checkpoints import (
    Position,
    load_epoch,
    load_latest,
    save_checkpoint,
    tensor_bytes,
)

TENSORS = {
    "head/kernel": np.arange(6, dtype=np.float32).reshape(2, 3),
    "optimizer/iteration": np.array(7),  # a scalar must stay one
}


def test_tensors_and_position_come_back_to_the_bit(tmp_path):
    position = Position(phase=1, epoch=3, step=7, best_epoch=2, loss_sum=0.1)
    save_checkpoint(tmp_path, TENSORS, position)

    checkpoint = load_latest(tmp_path)

    assert checkpoint.position == position
    for path, tensor in TENSORS.items():
        np.testing.assert_array_equal(checkpoint.tensors[path], tensor, strict=True)


@pytest.mark.parametrize(
    "tensor",
    [
        np.arange(6, dtype=np.float32).reshape(2, 3).T,
        np.arange(24, dtype=np.float32).reshape(2, 3, 4)[:, ::2, ::-1],
        np.broadcast_to(np.float32(3), (2, 2)),
        np.zeros((0, 3), np.float32),
        np.array(7),
    ],
    ids=["transposed", "strided", "broadcast", "empty", "scalar"],
)
def test_tensor_is_stored_as_it_is_read_however_it_lies_in_memory(tensor):
    np.testing.assert_array_equal(load(tensor_bytes({"a": tensor}))["a"], tensor, strict=True)


def test_the_furthest_position_wins(tmp_path):
    for epoch, step in [(1, 0), (2, 0), (2, 5)]:
        save_checkpoint(tmp_path, TENSORS, Position(epoch=epoch, step=step, best_epoch=1))

    assert (load_latest(tmp_path).position.epoch, load_latest(tmp_path).position.step) == (2, 5)


def test_best_epoch_is_kept_and_the_rest_does_not_fill_the_disk(tmp_path):
    for epoch in range(1, 6):
        save_checkpoint(tmp_path, TENSORS, Position(epoch=epoch, best_epoch=min(epoch, 2)))

    assert load_epoch(tmp_path, 2) is not None
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("name", ["tensors.safetensors", "checkpoint.json"])
def test_torn_checkpoint_is_passed_over_for_the_one_before(tmp_path, name):
    save_checkpoint(tmp_path, TENSORS, Position(epoch=1, best_epoch=1))
    last = save_checkpoint(tmp_path, TENSORS, Position(epoch=2, best_epoch=1))
    (last / name).write_bytes((last / name).read_bytes()[:-9])

    assert load_latest(tmp_path).position.epoch == 1


def test_kill_before_publishing_does_not_cost_the_best_epoch(tmp_path):
    save_checkpoint(tmp_path, TENSORS, Position(epoch=1, best_epoch=1))
    last = save_checkpoint(tmp_path, TENSORS, Position(epoch=2, best_epoch=2))
    last.rename(last.with_name(last.name + ".partial"))
    save_checkpoint(tmp_path, TENSORS, Position(epoch=1, best_epoch=1))

    assert load_latest(tmp_path).position.epoch == 1
    assert load_epoch(tmp_path, load_latest(tmp_path).position.best_epoch) is not None


def test_changed_tensors_are_not_believed(tmp_path):
    last = save_checkpoint(tmp_path, TENSORS, Position(epoch=1, best_epoch=1))
    content = bytearray((last / "tensors.safetensors").read_bytes())
    content[-1] ^= 1
    (last / "tensors.safetensors").write_bytes(content)

    assert load_latest(tmp_path) is None


def test_full_disk_leaves_the_older_checkpoint(tmp_path, monkeypatch):
    save_checkpoint(tmp_path, TENSORS, Position(epoch=1, best_epoch=1))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(TlguiError) as error:
        save_checkpoint(tmp_path, TENSORS, Position(epoch=2, best_epoch=1))

    assert error.value.code == "disk_full"
    assert load_latest(tmp_path).position.epoch == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_disk_that_fills_up_while_writing_is_named(tmp_path, monkeypatch):
    real_open = Path.open

    def open_full(path, *arguments, **options):
        target = Path("/dev/full") if path.suffix == ".safetensors" else path
        return real_open(target, *arguments, **options)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(TlguiError, match="disk_full"):
        save_checkpoint(tmp_path, TENSORS, Position(epoch=1, best_epoch=1))

    assert list(tmp_path.iterdir()) == []


def test_position_is_plain_json(tmp_path):
    path = save_checkpoint(tmp_path, TENSORS, replace(Position(), epoch=1, best_epoch=1))

    def refuse(constant):
        raise ValueError(constant)

    json.loads((path / "checkpoint.json").read_text(), parse_constant=refuse)


def test_no_folder_is_no_checkpoint(tmp_path):
    assert load_latest(tmp_path / "missing") is None
