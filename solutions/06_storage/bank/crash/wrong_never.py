"""misconception: acknowledge-early
fails: nothing torn is read wherever the power fails, nothing that was acknowledged is lost, it is acknowledged
"""

order = "ICAEBH"
