"""the clock before the question"""
order = "ICEFJDGBH"
