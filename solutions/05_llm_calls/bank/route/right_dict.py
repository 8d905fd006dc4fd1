"""made with dict"""
settings = dict(cues=1, words=11)
