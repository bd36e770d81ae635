"""When changes are too many to be meant. Pure."""

from datetime import timedelta

#: Within how long losses and writes are counted together.
WINDOW = timedelta(minutes=10)
#: So many tickets may always lose something, or else this share of a link's.
FEW, SHARE = 20, 0.10
#: So often one column of one item may be written; a person at a keyboard does not come near.
MOST_WRITES = 60


def is_mass(lost: int, known: int) -> bool:
    """Whether so many of the known items lost something that no single ones can be meant."""
    return lost > max(FEW, SHARE * known)
