// docs/benchmarks.md and docs/periodicity.md: each section stands between its markers and is written by the script that measures it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`, with the machine and the day below where they matter. */
export function writeSection(name, text, { file = 'benchmarks.md', isTimed = true } = {}) {
  const path = new URL(`../docs/${file}`, import.meta.url);
  const page = readFileSync(path, 'utf8');
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = page.indexOf(open);
  const to = page.indexOf(close);
  if (from < 0 || to < from) throw new Error(`docs/${file} has no section ${name}`);
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 1e9)} GB, Linux ${release()}, Node ${process.versions.node}`;
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(
    path,
    `${page.slice(0, from)}${open}\n${text}\n${isTimed ? `\n${machine}; ${day}.\n` : ''}${page.slice(to)}`,
  );
}

/** The commit that was measured; «and changes» where the work tree is not exactly it, generated pages apart. */
export function commitNow() {
  const cwd = new URL('..', import.meta.url);
  const git = (...args) => spawnSync('git', args, { cwd, encoding: 'utf8' }).stdout.trim();
  const changes = git('status', '--porcelain', '--', '.', ':!docs');
  return `${git('rev-parse', '--short=12', 'HEAD')}${changes === '' ? '' : ' and changes'}`;
}
