"""found by trying all"""
every = [{"words": w, "cues": c} for w in range(1, 41) for c in range(1, 6)]
settings = min(every, key=lambda s: routed(by_settings(s), cases()).total)
