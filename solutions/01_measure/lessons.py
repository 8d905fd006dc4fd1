"""Where the course teaches each remedy of the flowchart."""

from session1.monitoring.flowchart import BRANCHES

# a remedy, by its part of session1, and the exercise that teaches it, or the module
LESSONS: dict[str, str] = {
    "fast_response_agent.FastResponseAgent": "04_response.similar",
    "llm.prompt.cleanup.tidy": "05_llm_calls.claim",
    "llm.router.Router": "05_llm_calls.router",
    "llm.batching.Batcher": "08_throughput",
    "runtime.batches.execute_tasks_concurrently": "03_tools.side_by_side",
    "runtime.agent_manager.AgentManager": "08_throughput.pool",
    "runtime.fetch.Fetcher": "08_throughput.fetch",
    "reuse.index.JaccardIndex": "02_memory.rank",
    "monitoring.profiling.profile_function": "01_measure.hotspot",
    "memory.manager.MemoryManager": "06_storage.promote",
    "memory.manager.MemoryManager.schedule_cleanup": "06_storage.cleanup",
    "runtime.connections.create_pool": "08_throughput.connections",
    "memory.manager.MemoryManager.put_many": "06_storage",
    "runtime.task_queue.TaskQueue": "08_throughput.pressure",
}


def show_lessons() -> None:
    """Print the flowchart's remedies by bottleneck, and where each is taught."""
    for name, (_, measures) in BRANCHES.items():
        print(name)
        for measure in measures:
            print(f"  {measure.what:48} {LESSONS[measure.part]}")
