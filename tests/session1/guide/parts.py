"""What the tests of the guide share."""

from session1 import virtual_time
from session1.data import conversations

DAY = 24 * 3600.0


NOW = 1_800_000_000.0


def virtual(main, *args):
    """What `main` gives, its waits skipped."""
    return virtual_time.run(main, *args).value


def remarks(n):
    """What people said."""
    return [t.text for c in conversations(60) for t in c.turns][:n]


def memory_intensive_function():
    """Something that takes memory, line by line."""
    large_list = list(range(300_000))
    large_dict = {i: i * 2 for i in range(3)}
    return len(large_list), large_dict


WELL = {
    "p50": 0.01,
    "p95": 0.1,
    "p99": 0.2,
    "throughput": 9000,
    "cpu": 0.3,
    "memory": 0.3,
    "io_wait": 0.01,
}


ILL = {
    "latency": {"p95": 3.0},
    "throughput": {"throughput": 100},
    "cpu": {"cpu": 0.95},
    "memory": {"memory": 0.97},
    "io": {"io_wait": 0.6},
}
