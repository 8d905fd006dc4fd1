"""The parts of a course: modules, notebooks, reports, and how they are worded."""
