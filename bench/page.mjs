// docs/benchmarks.md: each section stands between its markers and is written by the script that measures it.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

const PAGE = new URL('../docs/benchmarks.md', import.meta.url);

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`, with the machine and the day below. */
export function writeSection(name, text) {
  const page = readFileSync(PAGE, 'utf8');
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = page.indexOf(open);
  const to = page.indexOf(close);
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no section ${name}`);
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 1e9)} GB, Linux ${release()}, Node ${process.versions.node}`;
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(PAGE, `${page.slice(0, from)}${open}\n${text}\n\n${machine}; ${day}.\n${page.slice(to)}`);
}
