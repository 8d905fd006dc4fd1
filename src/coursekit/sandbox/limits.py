"""The limits of a learner's kernel; the instructors' page states each figure."""

from dataclasses import dataclass, fields

MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one kernel with everything it starts; passing one ends the kernel.

    Sizes are in megabytes, times in seconds. `Limits(memory=512)` changes one.
    """

    memory: int = 2048  # resident memory of all its processes together
    processes: int = 64  # processes and threads, besides the kernel's own
    cell_cpu: float = 60.0  # processor seconds in one cell
    cell_wall: float = 120.0  # wall seconds in one cell, while one is marked
    cpu: float = 300.0  # processor seconds in all
    wall: float = 900.0  # wall seconds in all
    file: int = 64  # one file
    disk: int = 256  # all files written, shared memory included
    files: int = 20_000  # number of files and folders
    open_files: int = 512  # open files of one process
    message: int = 8  # one message from the kernel; 50 may wait to be read

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"{field.name} must be a number, got {value!r}")
            if not 0 < value < 2**40:  # NaN and infinity fail this too
                raise ValueError(f"{field.name} must be above 0, got {value!r}")

    @property
    def in_one_cell(self) -> str:
        """The message for a cell that ran longer than `cell_wall`."""
        return f"more than {self.cell_wall:g} s in one cell"
