"""capitals, with commas"""

hot = "E"
warm = "B, C"
cold = "D/A"
gone = "D, B, A"
