"""The performance guide from top to bottom: what each of its snippets is for, run.

A class is a section of the guide, and the files beside this one are its chapters.
`SECTIONS` lists all that hold a snippet, a table, a chart or advice. Names and
parameters are the guide's; where a call had to differ, the test says why.
"""

import inspect
from importlib import import_module
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SECTIONS = {
    "Performance Architecture": "TestPerformanceArchitecture",
    "Key Performance Indicators (KPIs)": "TestKeyPerformanceIndicators",
    "Target Performance Benchmarks": "TestTargetPerformanceBenchmarks",
    "Agents 1. Agent Pool Management": "TestAgentPoolManagement",
    "Agents 2. Concurrent Task Execution": "TestConcurrentTaskExecution",
    "Agents 3. Agent Context Optimization": "TestAgentContextOptimization",
    "LLM 1. Response Caching": "TestResponseCaching",
    "LLM 2. Prompt Optimization": "TestPromptOptimization",
    "LLM 3. Model Selection Strategy": "TestModelSelectionStrategy",
    "LLM 4. Streaming Responses": "TestStreamingResponses",
    "Memory 1. Efficient Storage Strategy": "TestEfficientStorageStrategy",
    "Memory 2. Memory Retrieval Optimization": "TestMemoryRetrievalOptimization",
    "Memory 3. Memory Cleanup Strategy": "TestMemoryCleanupStrategy",
    "Knowledge 1. Vector Search Performance": "TestVectorSearchPerformance",
    "Knowledge 2. Semantic Search Optimization": "TestSemanticSearchOptimization",
    "System 1. Database Connection Pooling": "TestDatabaseConnectionPooling",
    "System 2. Async I/O Operations": "TestAsyncIOOperations",
    "System 3. CPU-Bound Task Optimization": "TestCPUBoundTaskOptimization",
    "Monitoring 1. Performance Monitoring": "TestPerformanceMonitoring",
    "Monitoring 2. Profiling Code": "TestProfilingCode",
    "Monitoring 3. Memory Profiling": "TestMemoryProfiling",
    "Performance Optimization Flowchart": "TestPerformanceOptimizationFlowchart",
    "Best Practices: Do's": "TestDos",
    "Best Practices: Don'ts": "TestDonts",
}
CHAPTERS = [p.stem for p in sorted(Path(__file__).parent.glob("test_*.py"))]
CLASSES = {
    name: value
    for chapter in CHAPTERS
    if chapter != Path(__file__).stem
    for name, value in vars(import_module(f"tests.session1.guide.{chapter}")).items()
    if inspect.isclass(value) and name.startswith("Test")
}


def test_every_section_has_its_tests():
    assert set(CLASSES) == set(SECTIONS.values())
    for name, section in CLASSES.items():
        assert any(member.startswith("test_") for member in vars(section)), name


@pytest.mark.parametrize("advice", ["TestDos", "TestDonts"])
def test_all_ten_pieces_of_advice_are_checked(advice):
    names = [name for name in vars(CLASSES[advice]) if name.startswith("test_")]
    assert [name[5:7] for name in names] == [f"{n:02}" for n in range(1, 11)]
