"""Parts for running work: deadlines, a bounded window, pools off the loop."""
