// Runs one Code node of a workflow, as n8n would for its first item, and prints what it returns.
// Standard input: {"js", "json", "nodes": {name: json}, "raw": base64 or null, "now": seconds or null}
import { readFileSync } from 'node:fs';

const told = JSON.parse(readFileSync(0, 'utf8'));
if (told.now !== null) Date.now = () => told.now * 1000;
const AsyncFunction = Object.getPrototypeOf(async function () {}).constructor;
const run = new AsyncFunction('$json', '$', told.js);
const helpers = { getBinaryDataBuffer: async () => Buffer.from(told.raw ?? '', 'base64') };
const others = (name) => ({ first: () => ({ json: told.nodes[name] }) });
console.log(JSON.stringify((await run.call({ helpers }, told.json, others)).json));
