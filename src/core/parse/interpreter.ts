import { FIRST_THREADS } from './process-name.ts';

/** With a version behind it at most: `node_exporter` and `node-red` are programs of their own. */
const INTERPRETER =
  /^(?:python|pypy|node|nodejs|deno|bun|ruby|perl|php|java|dotnet|mono|lua|tclsh|Rscript|erl|beam(?:\.smp)?|bash|dash|sh|zsh|fish|ksh|busybox)(?:[._-]?\d[\w.-]*)?$/u;

/** Whether a program or process of that name runs other people's programs: its own name and folder say little of what runs. */
export function isInterpreter(name: string): boolean {
  return FIRST_THREADS.has(name) || INTERPRETER.test(name);
}
