"""written in capitals"""

where = dict(
    zip(
        [
            "ask a model 200 times with an async client",
            "200 queries of 50 ms with a driver that blocks",
            "the means of 500 short lists",
            "repeated phrases in 5000 talks: 20 ms of Python each",
            "compress 200 large files with zlib",
            "parse the 2 kB of JSON that a tool returned",
            "count words in 40 TB of logs on 50 machines",
            "10000 pictures: 80 ms each in a pure Python library",
        ],
        "loop threads loop processes threads loop cluster processes".split(),
    )
)
