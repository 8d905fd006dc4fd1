// Runs a notebook in Pyodide under node: node run.mjs PYODIDE_FOLDER MODULE_FOLDER
// and prints a line of JSON for each code cell, as run.py says.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, module] = process.argv.slice(2).map((p) => path.resolve(p));
const { loadPyodide } = await import(pathToFileURL(path.join(pyodide, "pyodide.mjs")));
const py = await loadPyodide({
  indexURL: pyodide,
  packageBaseUrl: pyodide,
  packages: ["course-in-a-tab"],
  checkIntegrity: true,
  stdout: (line) => process.stderr.write(line + "\n"),
});
const drive = "/drive/" + path.basename(module);
py.FS.mkdirTree(drive);
py.FS.mount(py.FS.filesystems.NODEFS, { root: module }, drive);
py.FS.chdir(drive);
py.globals.set("tell", (line) => fs.writeSync(1, line + "\n"));
await py.runPythonAsync(fs.readFileSync(new URL("run.py", import.meta.url), "utf8"));
process.exit(0);
