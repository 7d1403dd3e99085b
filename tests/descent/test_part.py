"""Parts: what their tables allow."""

from __future__ import annotations

import pytest

import thalweg as tw
from thalweg.descent.parameters import Parameter


def test_a_part_with_more_parameters_than_there_is_room_for_is_refused_where_it_is_defined() -> None:
    with pytest.raises(tw.ParameterError, match="a part has at most 16 parameters, and Crowded has 17"):

        class Crowded(tw.Constant):
            name = "crowded"
            table = tuple(Parameter(f"a{i}", "", 0.0, 0.0, 1.0, "linear", "") for i in range(17))


@pytest.mark.parametrize("clip", [0.5, (0.5,), (0.1, 0.5, 0.9)])
def test_a_clip_that_is_no_pair_is_refused(clip: object) -> None:
    with pytest.raises(tw.ParameterError, match="clip is the pair"):
        tw.Backtracking(clip=clip)
