"""a verdict of NumPy's"""

import numpy as np


def is_hard(prompt):
    asked = re.sub(r'"[^"]*"', "", prompt)
    return np.array([cues(asked) >= 1, words(asked) >= 14]).any()
