"""Where the course teaches each remedy of the flowchart."""

import tomllib
from pathlib import Path

from session1.monitoring.flowchart import BRANCHES

# a remedy, by its part of session1, and the exercise that teaches it, or the module;
# modules that are not there yet say so
LESSONS: dict[str, str] = {
    "fast_response_agent.FastResponseAgent": "04_response.similar",
    "llm.prompt.cleanup.tidy": "05_llm_calls",
    "llm.router.Router": "05_llm_calls",
    "llm.batching.Batcher": "08_throughput",
    "runtime.batches.execute_tasks_concurrently": "03_tools.side_by_side",
    "runtime.agent_manager.AgentManager": "08_throughput",
    "runtime.fetch.Fetcher": "08_throughput",
    "reuse.index.JaccardIndex": "02_memory.rank",
    "monitoring.profiling.profile_function": "01_measure.hotspot",
    "memory.manager.MemoryManager": "06_storage",
    "memory.manager.MemoryManager.schedule_cleanup": "06_storage",
    "runtime.connections.create_pool": "08_throughput",
    "memory.manager.MemoryManager.put_many": "06_storage",
    "runtime.task_queue.TaskQueue": "08_throughput",
}
TO_COME = ("05_llm_calls", "06_storage", "07_retrieval", "08_throughput", "09_capstone")
HERE = Path(__file__).parent.parent


def title_of(lesson: str) -> str:
    """The title of an exercise, or of a module; what is not there yet says so."""
    module, _, exercise = lesson.partition(".")
    path = HERE / module / "module.toml"
    if not path.is_file():
        return "to come"
    with path.open("rb") as file:
        told = tomllib.load(file)
    if not exercise:
        return str(told["title"])
    found = [one["title"] for one in told["exercises"] if one["id"] == exercise]
    return str(found[0]) if found else "missing"


def show_lessons() -> None:
    """Print the flowchart's remedies by bottleneck, and where each is taught."""
    for name, (_, measures) in BRANCHES.items():
        print(name)
        for measure in measures:
            print(f"  {measure.what:48} {LESSONS[measure.part]}")
