"""One module a page: TITLE, GOALS and `cases(quick)`; see benchmarks/page.py."""
