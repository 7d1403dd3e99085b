"""The public entry: `descend`, and `iterate`, which is the same run one iteration at a time."""

from thalweg.entry.asked import parameters as parameters
from thalweg.entry.descend import Iterates as Iterates
from thalweg.entry.descend import descend as descend
from thalweg.entry.descend import iterate as iterate
from thalweg.entry.under_way import alike as alike
