"""turned round from a dict of places"""

jobs = {
    "loop": [
        "ask a model 200 times with an async client",
        "the means of 500 short lists",
        "parse the 2 kB of JSON that a tool returned",
    ],
    "threads": [
        "200 queries of 50 ms with a driver that blocks",
        "compress 200 large files with zlib",
    ],
    "processes": [
        "repeated phrases in 5000 talks: 20 ms of Python each",
        "10000 pictures: 80 ms each in a pure Python library",
    ],
    "cluster": ["count words in 40 TB of logs on 50 machines"],
}
where = {job: place for place, some in jobs.items() for job in some}
