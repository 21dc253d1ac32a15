"""The collector is paused only for the block, and comes back as it was."""

import gc

import pytest

from cockpit.collector import collector_paused


@pytest.mark.parametrize("on", [True, False])
def test_it_is_off_inside_and_afterwards_as_before(on: bool) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        with pytest.raises(ValueError, match="broken"), collector_paused():
            assert not gc.isenabled()
            raise ValueError("broken")
        assert gc.isenabled() is on
    finally:
        (gc.enable if was_on else gc.disable)()
