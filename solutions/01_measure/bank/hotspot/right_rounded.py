own = "clean()"
line = 11
calls_left = 30800
at_most = 22
