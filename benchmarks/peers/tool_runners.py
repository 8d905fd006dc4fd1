"""Tool execution in other libraries: the same functions behind each one's interface.

`runners` gives, for each library, a function that runs one tool for a list of
parameters at once and returns how many results came back, or says in a string why
there is none.
"""

from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any

HOW = "not installed: pip install -e '.[bench]'"
Batch = Callable[[list[dict[str, Any]]], Awaitable[int]]
Function = Callable[[int], Any]


def runners(run: Function, is_async: bool = True) -> dict[str, Batch | str]:
    """Every library's way to run the tool `run`, whose one parameter is `n`."""
    makers: dict[str, tuple[str, Callable[[Function, bool], Batch]]] = {
        "langchain abatch": ("langchain_core", _abatch),
        "langgraph ToolNode graph": ("langgraph", _tool_node),
        "pydantic-ai agent run": ("pydantic_ai", _pydantic_ai),
    }
    return {
        name: make(run, is_async) if find_spec(package) else HOW
        for name, (package, make) in makers.items()
    }


def _structured(run: Function, is_async: bool) -> Any:
    from langchain_core.tools import StructuredTool

    how: dict[str, Any] = {"coroutine": run} if is_async else {"func": run}
    return StructuredTool.from_function(**how, name="tool", description="a tool")


def _abatch(run: Function, is_async: bool) -> Batch:
    tool = _structured(run, is_async)

    async def batch(params: list[dict[str, Any]]) -> int:
        return len(await tool.abatch(params))

    return batch


def _tool_node(run: Function, is_async: bool) -> Batch:
    from langchain_core.messages import AIMessage
    from langgraph.graph import START, MessagesState, StateGraph
    from langgraph.prebuilt import ToolNode

    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode([_structured(run, is_async)]))
    graph.add_edge(START, "tools")
    app = graph.compile()

    async def batch(params: list[dict[str, Any]]) -> int:
        calls = [
            {"name": "tool", "args": p, "id": str(i)} for i, p in enumerate(params)
        ]
        message = AIMessage("", tool_calls=calls)
        state = await app.ainvoke({"messages": [message]})
        return len(state["messages"]) - 1

    return batch


def _pydantic_ai(run: Function, is_async: bool) -> Batch:
    from pydantic_ai import Agent, Tool
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import FunctionModel

    asked: list[dict[str, Any]] = []

    def model(messages: list[Any], info: Any) -> ModelResponse:
        """A model that asks for all the calls, then is content."""
        if len(messages) == 1:
            return ModelResponse([ToolCallPart("tool", p) for p in asked])
        return ModelResponse([TextPart(str(len(messages[-1].parts)))])

    agent = Agent(FunctionModel(model), tools=[Tool(run, name="tool")])

    async def batch(params: list[dict[str, Any]]) -> int:
        asked[:] = params
        return int((await agent.run("go")).output)

    return batch
