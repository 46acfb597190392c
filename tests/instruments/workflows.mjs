// Prints what GitHub's own parser finds wrong with workflow files, as JSON by file name.
import { readFileSync } from "node:fs";
import { register } from "node:module";

// The package was made for bundlers: it imports JSON in a way that Node alone does not take.
const hooks = `import { readFileSync } from "node:fs";
export async function load(url, context, next) {
  if (!url.endsWith(".json")) return next(url, context);
  return { format: "json", source: readFileSync(new URL(url)), shortCircuit: true };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
const parser = await import("@actions/workflow-parser");

const found = {};
for (const name of process.argv.slice(2)) {
  const file = { name, content: readFileSync(name, "utf8") };
  const { context, value } = parser.parseWorkflow(file, new parser.NoOperationTraceWriter());
  if (value) await parser.convertWorkflowTemplate(context, value);
  found[name] = context.errors.getErrors().map((error) => error.message);
}
console.log(JSON.stringify(found));
