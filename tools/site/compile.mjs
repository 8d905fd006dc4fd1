// Compiles Python files with the tab's own Python: node compile.mjs PYODIDE FOLDER
// names.json in the folder says under which name tracebacks show each file.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, folder] = process.argv.slice(2).map((p) => path.resolve(p));
const { loadPyodide } = await import(pathToFileURL(path.join(pyodide, "pyodide.mjs")));
const py = await loadPyodide({ indexURL: pyodide });
py.FS.mkdirTree("/work");
py.FS.mount(py.FS.filesystems.NODEFS, { root: folder }, "/work");
await py.runPythonAsync(`
import json
import py_compile
from pathlib import Path

work = Path("/work")
for file, name in json.loads((work / "names.json").read_text()).items():
    target = work / f"{file}.pyc"
    try:
        py_compile.compile(
            str(work / f"{file}.py"),
            cfile=str(target),
            dfile=name,
            doraise=True,
            quiet=1,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except py_compile.PyCompileError:
        target.write_bytes(b"")  # for a newer or an older Python: stays as it is
`);
process.exit(0);
