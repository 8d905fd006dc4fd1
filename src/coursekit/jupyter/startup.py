"""Say what to do when the notebook's first cell has not run, or its files are away.

`make lab` names this file in PYTHONSTARTUP, which IPython runs in each new kernel.
"""


def _watch() -> None:
    try:
        shell = get_ipython()  # type: ignore[name-defined]
    except NameError:  # a plain Python
        return

    def told(_shell, kind, error, trace, tb_offset=None):  # type: ignore[no-untyped-def]
        name = getattr(error, "name", None) or ""
        blank = kind is NameError and name == "____"
        if blank or issubclass(kind, NotImplementedError):
            while trace.tb_next is not None:
                trace = trace.tb_next
            left = trace.tb_frame.f_code.co_qualname
            said = f"fill in the blank of {left}" if blank else f"write {left} first"
            said = said if blank or not error.args else str(error)
            error.args = (f"{said}, then run this cell again",)
            line = f"{kind.__name__}: {error}"
            error._render_traceback_ = lambda: [line]  # nothing of where it arose
        elif kind is NameError and f"hint({name})" in (shell.user_ns["In"][-1]):
            error.args = (f'{error}: write hint("{name}")',)
        elif kind is NameError and "setup" not in shell.user_ns:
            error.args = (f"{error}: run the first code cell, then this one again",)
        elif name.startswith("start_"):
            error.msg = (
                f"{error}: this notebook lies apart from its files, move it back into "
                "its own folder of the course"
            )
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((NameError, ModuleNotFoundError, NotImplementedError), told)


_watch()
del _watch
