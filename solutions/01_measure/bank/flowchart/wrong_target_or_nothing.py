"""misconception: half-way-is-no-way
fails: what helps a little is kept
"""

order = "KIBFLENMPJHOAG"
