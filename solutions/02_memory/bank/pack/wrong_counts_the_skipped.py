"""misconception: count-what-was-skipped
fails: skips what does not fit, takes the best that fit up to the last character
"""

order = "HEBCIJFAK"
