"""misconception: sending-is-free
fails: the means of 500 short lists, compress 200 large files with zlib, parse the 2 kB of JSON that a tool returned
"""

where = {
    "ask a model 200 times with an async client": "loop",
    "200 queries of 50 ms with a driver that blocks": "threads",
    "the means of 500 short lists": "processes",
    "repeated phrases in 5000 talks: 20 ms of Python each": "processes",
    "compress 200 large files with zlib": "processes",
    "parse the 2 kB of JSON that a tool returned": "processes",
    "count words in 40 TB of logs on 50 machines": "cluster",
    "10000 pictures: 80 ms each in a pure Python library": "processes",
}
