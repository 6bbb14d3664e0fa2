import { redactCmdline } from '../../core/parse/cmdline.ts';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import { parseToldNumbers, type ToldNumber } from '../../core/parse/told-numbers.ts';
import { isTellable, toldUnit, type ToldUnit } from '../../core/parse/told-unit.ts';
import { statisticsOf } from '../../core/measure/statistics.ts';
import { IdleproofError } from '../../errors.ts';
import { runCommand } from '../../measure/run-command.ts';
import type { Found, UsingProbe } from './plan.ts';

export interface RunPlan {
  argv: readonly string[];
  runs: number;
  timeoutMs: number;
  /** Of a number without a unit: what it is. */
  unit: string;
  id: string | null;
}

/** What open(2) and pipe(2) say where no descriptor is left. */
const NO_DESCRIPTORS: Readonly<Record<string, string>> = {
  EMFILE: 'this process has too many files open (EMFILE; see ulimit -n)',
  ENFILE: 'too many files are open on this machine (ENFILE)',
};

/** Whatever a command measures itself, run by run. */
export function probeRun(plan: RunPlan): UsingProbe {
  return async ({ signal, onProgress }) => {
    const told: ToldNumber[][] = [];
    while (told.length < plan.runs && !signal.aborted) {
      onProgress(told.length, plan.runs);
      const numbers = await runOnce(plan, signal);
      if (numbers !== null) told.push(numbers);
    }
    const problem = told.length < plan.runs ? 'it was interrupted' : null;
    return { measurements: foundOf(plan, told, problem), facts: { runs: told.length, told } };
  };
}

/** null: interrupted. Throws for a command that fails or tells no number that can be: a run left out would flatter the others. */
async function runOnce(
  { argv, timeoutMs, unit }: RunPlan,
  signal: AbortSignal,
): Promise<ToldNumber[] | null> {
  const command = `«${redactCmdline(argv)}»`;
  let output: Awaited<ReturnType<typeof runCommand>>;
  try {
    output = await runCommand(argv, { timeoutMs, signal });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const problem = NO_DESCRIPTORS[code] ?? (code || message);
    throw new IdleproofError('COMMAND_NOT_STARTED', { command, problem }, error);
  }
  if (signal.aborted) return null;
  const { stdout, code, signal: ended, isCut, isLate } = output;
  const fail = (problem: string): never => {
    throw new IdleproofError('MEASURE_OUTPUT', {
      problem: `${command}: ${escapeControls(problem)}`,
      hint: 'It has to end with exit code 0 and print a number (12.5 ms), an object of numbers, or [{"name", "unit", "value"}].',
    });
  };
  if (isLate) return fail(`it did not end within ${timeoutMs / 1000} s`);
  if (code !== 0) return fail(`it ended with ${ended ?? `exit code ${code}`}`);
  if (isCut) return fail('it printed more than 16 MB');
  const numbers = parseToldNumbers(stdout);
  if ('problem' in numbers) return fail(numbers.problem);
  for (const number of numbers) {
    const problem = problemOf(number, unit);
    if (problem !== null) return fail(problem);
  }
  return numbers;
}

/** Why a number cannot be what it is told to be; null: it can. */
function problemOf({ name, value, unit }: ToldNumber, usual: string): string | null {
  const told = toldUnit(unit || usual);
  if ('problem' in told) return told.problem;
  const is = `${name === null ? 'it' : `«${name}»`} is ${value} ${unit || usual}`;
  if (!Number.isFinite(value * told.scale)) return `${is}, which is too large`;
  return isTellable(told, value) ? null : `${is}, and ${told.name} is never below 0`;
}

function unitOf(unit: string): ToldUnit {
  const told = toldUnit(unit);
  if ('problem' in told) throw new Error(`${told.problem}; the unit was not checked`);
  return told;
}

/** One measurement for each name, in the order of the first run; a name that a run did not tell is a problem. */
function foundOf(
  { id: given, unit: usual }: RunPlan,
  told: readonly ToldNumber[][],
  problem: string | null,
): Found[] {
  const names = [...new Set(told.flatMap((numbers) => numbers.map(({ name }) => name)))];
  return names.map((name) => {
    const own = told.flatMap((numbers) => numbers.filter((one) => one.name === name));
    const units = [...new Set(own.map(({ unit }) => unit))];
    const { name: measurement, scale } = unitOf(units[0] || usual);
    const missing = told.length - own.length;
    const why =
      problem ??
      (units.length > 1
        ? `it was told in different units: ${units.join(', ')}`
        : missing > 0
          ? `${missing} of ${told.length} runs did not tell it`
          : null);
    return {
      name: measurement,
      id: name ?? given,
      ...statisticsOf(own.map(({ value }) => value * scale)),
      problem: why === null ? null : escapeControls(why),
    };
  });
}
