"""What a run on mini-batches has to say of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Batched:
    """The mini-batches of a run.

    Attributes:
        size: Rows of a batch.
        seed: By which the rows were dealt out.
        rows: Of the data.
        whole: Evaluations on all rows by which `x` was judged; the run's own counts are of batches.

    Example:
        >>> Batched(size=32, seed=0, rows=100, whole=2).per_epoch
        4
    """

    size: int
    seed: int
    rows: int
    whole: int

    @property
    def per_epoch(self) -> int:
        """Batches of an epoch."""
        return -(-self.rows // self.size)

    @property
    def told(self) -> str:
        """A sentence for people."""
        evaluations = "1 more evaluation" if self.whole == 1 else f"{self.whole} more evaluations"
        return (
            f"Iterates were evaluated on batches of {self.size:,} of the {self.rows:,} rows (seed {self.seed}); "
            f"f and its gradient here are those of all rows, by {evaluations}."
        )
