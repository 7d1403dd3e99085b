"""What a run leaves behind, as an object, a data frame and a file."""

from thalweg.trajectory.trajectory import TRIAL_TYPE, Trajectory

__all__ = ["TRIAL_TYPE", "Trajectory"]
