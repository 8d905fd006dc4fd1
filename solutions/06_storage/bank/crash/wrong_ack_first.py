"""misconception: acknowledge-early
fails: nothing that was acknowledged is lost
"""

order = "ICAEGBH"
