"""tools in front"""
order = "ICEFJDBGH"
