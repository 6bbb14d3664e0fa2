import { resolve } from 'node:path';
import { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import { parseExpected } from '../../core/measure/expect.ts';
import { redactCmdline } from '../../core/parse/cmdline.ts';
import { parseDurationMs } from '../../core/parse/duration.ts';
import { shellQuote } from '../../core/parse/shell-quote.ts';
import { durationText, sayNoUnitText, type UnitText } from '../../core/parse/unit-text.ts';
import { IdleproofError } from '../../errors.ts';
import { type Refuse, refuser } from '../../errors/refuse.ts';
import type { MeasureKind } from '../../model/measure-document.ts';
import type { Selector } from '../../model/target.ts';
import type { MeasurePlan } from '../../session/measure/plan.ts';
import { collect } from '../selector-options.ts';
import { toolVersion } from '../version.ts';
import { DEFAULT_OUT } from '../default-out.ts';

/** What every measuring command can be told. */
export interface CommonOptions {
  as?: string;
  id?: string;
  expect: string[];
  out: string;
  state?: string;
  baseline?: string;
  json?: boolean;
}

/** A measuring command with the options that all of them have. */
export function measureCommand(name: MeasureKind, about: string): Command {
  return new Command(name).description(about).exitOverride();
}

/** The options that every measurement has. */
export function withCommon(command: Command): Command {
  return command
    .optionsGroup('Result:')
    .option(
      '--expect <limit>',
      "a limit such as 'p95 < 200ms'; may be repeated; exit code 1 when one is not met",
      collect,
      [],
    )
    .option('--as <name>', 'name of what is measured, for rules with a target')
    .option('--id <id>', 'which one of several measurements of the same name this is')
    .option('--out <dir>', 'where the run folders go', DEFAULT_OUT)
    .option('--state <dir>', 'state folder of a daemon that is to be told (default: the usual ones)')
    .option('--baseline <name>', 'what rules of the kind regression compare with; it goes into the evidence')
    .option('--json', 'print everything as JSON');
}

interface PlanFacts {
  kind: MeasureKind;
  /** The measurement that a statistic alone is about. */
  main: string;
  /** Name of what is measured where nobody says otherwise. */
  target: string;
  selector: Selector;
}

/** What all measurements need to know; everything in it that can be mistyped is found here. */
export async function planMeasure(
  argv: readonly string[],
  options: CommonOptions,
  { kind, main, target, selector }: PlanFacts,
): Promise<MeasurePlan> {
  const { usualStateFolders } = await import('../../daemon/state-folder.ts');
  const refuse: Refuse = refuser(`measure ${kind}`);
  const name = options.as ?? target;
  if (!/^[\w.-]+$/.test(name)) refuse('--as', `«${name}» is no name: letters, digits, dots and dashes`);
  return {
    kind,
    target: name,
    selector,
    id: options.id ?? null,
    expect: options.expect.map((text) => {
      const parsed = parseExpected(text, main);
      if (!('problem' in parsed)) return parsed;
      const { problem, value, candidates = [] } = parsed;
      const nearest =
        value === undefined || candidates.length === 0
          ? ''
          : `; did you mean ${closest(value, [...candidates])}?`;
      return refuse('--expect', `${problem}${nearest}`);
    }),
    baseline: options.baseline === undefined ? null : await baselineOf(options.baseline, options.state),
    out: options.out,
    stateFolders: [
      ...usualStateFolders(process.env),
      ...(options.state === undefined ? [] : [resolve(options.state)]),
    ],
    command: redactCmdline(['idleproof', ...argv].map(shellQuote)),
    toolVersion: toolVersion(),
  };
}

async function baselineOf(
  name: string,
  state: string | undefined,
): Promise<NonNullable<MeasurePlan['baseline']>> {
  const { findBaseline } = await import('../../daemon/proofs/baselines.ts');
  const { findStateFolder } = await import('../find-daemon.ts');
  const { measured = [] } = findBaseline(findStateFolder(state), name);
  if (measured.length === 0) throw new IdleproofError('BASELINE_EMPTY', { name });
  return { name, runs: measured.map(({ run }) => run) };
}

/** A whole number from `least` on. */
export function countOf(refuse: Refuse, option: string, text: string, least = 1, most = 1e9): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  return refuse(option, `«${text}» is no whole number from ${least} to ${most}`);
}

const SPAN: UnitText = durationText('a duration such as 500ms, 20s, 5m or 1h', (ms) => ms > 0);

/** A duration above 0 in milliseconds. @throws IdleproofError OPTION_INVALID */
export function durationOf(refuse: Refuse, option: string, text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== null && ms > 0) return ms;
  return refuse(option, sayNoUnitText(text, SPAN));
}

/** An address of http or https. @throws IdleproofError OPTION_INVALID */
export function urlOf(refuse: Refuse, text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  return refuse('--url', `«${text}» is no address such as http://127.0.0.1:8000/health`);
}

/** `Name: value` as given by curl's -H, too. */
export function headersOf(refuse: Refuse, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*([^\r\n]*)$/.exec(text) ?? [];
      if (name === '') refuse('--header', `«${name || text.split(':')[0]}» is not like «Name: value»`);
      return [name, value];
    }),
  );
}
