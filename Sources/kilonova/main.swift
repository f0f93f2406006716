print("kilonova")
