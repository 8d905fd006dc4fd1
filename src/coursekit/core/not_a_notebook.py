"""Files that are often saved or sent in place of a notebook, by how they begin."""

INSTEAD = {
    "": "it is empty: save it again, or start from a fresh copy",
    "version https://git-lfs": "it is a pointer of Git LFS: run `git lfs pull` first",
    "<<<<<<<": "it has conflict marks of git: settle them, then save it",
    "pk\x03\x04": "it is a zip archive: unpack it",
    "\x1f‹": "it is a gzip archive: unpack it",  # as the Windows code page reads it
    "rar!": "it is a RAR archive: unpack it",
    "7z¼¯": "it is a 7z archive: unpack it",
    "<": "it is a web page: hand in the notebook itself, not its export",
    "%pdf": "it is a PDF: hand in the notebook itself, not its export",
}


def instead(text: str) -> str:
    """Say what a text is that is not a notebook, and what to do; empty if unknown."""
    begin = text[:1000].strip("\ufeff\0 \t\r\n").lower()
    known = (what for mark, what in INSTEAD.items() if mark and begin.startswith(mark))
    if "\n<<<<<<< " in text:
        return INSTEAD["<<<<<<<"]
    return next(known, "") if begin else INSTEAD[""]
