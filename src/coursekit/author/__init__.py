"""Make the course: release, verify, mutants, doctor, handout."""
