import { basename } from 'node:path';
import { isInterpreter } from '../parse/interpreter.ts';

const LONGEST = 40;
const FALLBACK = 'app';

/**
 * A name for a target: that of the program, or of the script that an interpreter runs (`python3 -m http.server` → `http.server`,
 * `node ./server.js` → `server`). Letters, digits, «_», «-» and «.» only, as target names have to be.
 */
export function appName(processName: string, argv: readonly string[]): string {
  const script = isInterpreter(processName) ? scriptOf(argv) : null;
  return asLabel(script ?? '') ?? asLabel(processName) ?? FALLBACK;
}

/** Another name, where one is taken. */
export function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let nth = 2; taken.includes(free); nth += 1) free = `${name}-${nth}`;
  return free;
}

function scriptOf(argv: readonly string[]): string | null {
  const [, ...rest] = argv;
  const module = rest.indexOf('-m');
  if (module >= 0 && rest.slice(0, module).every((word) => word.startsWith('-')))
    return rest[module + 1] ?? null;
  const first = rest.find((word) => !word.startsWith('-'));
  // The value of an option, such as the code after -c, is no file.
  if (first === undefined || !/\.[a-z]{1,6}$/iu.test(first) || /\s/u.test(first)) return null;
  return basename(first).replace(/\.[a-z]{1,6}$/iu, '');
}

function asLabel(text: string): string | null {
  const label = text
    .slice(0, 200)
    .replaceAll(/[^A-Za-z0-9_.-]+/gu, '-')
    .replace(/^[^A-Za-z0-9_]+/u, '')
    .slice(0, LONGEST)
    .replace(/[.-]+$/u, '');
  return label === '' ? null : label;
}
