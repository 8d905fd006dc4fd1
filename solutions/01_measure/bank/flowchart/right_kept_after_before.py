order = "kibflenmdhjoag"
