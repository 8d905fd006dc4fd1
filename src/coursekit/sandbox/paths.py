"""Where things lie inside the box; the same on every machine."""

# one file system of limited size holds all that a learner's code may write
LEARNER = "/learner"
WORK, HOME = f"{LEARNER}/work", f"{LEARNER}/home"
TMP, SHM = f"{LEARNER}/tmp", f"{LEARNER}/shm"
COURSE = "/course"  # the packages that learners import
SPARE = "/spare"  # a mount point used on the way
USER = 1000  # who the learner is inside an ordinary user's box
