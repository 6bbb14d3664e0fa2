import { parseDurationMs } from '../parse/duration.ts';
import { parseIp } from '../rules/conditions/cidr.ts';
import { FIELDS, fieldOf } from '../rules/fields.ts';
import type { RulePack } from '../rules/pack.ts';
import type { Path, Problem } from '../rules/problem.ts';
import {
  type Beat,
  type Example,
  type ExamplesDocument,
  isStored,
  type ToldActivity,
  type ToldExample,
} from './example.ts';
import { checkMeasurements } from './measured.ts';
import { toldMetric } from './metrics.ts';
import { countOf, MOST_BEATS, timeMs } from './times.ts';

/** What is wrong with examples of the right shape: rules, fields, values, metrics, units, targets and times that do not exist. */
export function checkExamples({ examples }: ExamplesDocument, packs: readonly RulePack[]): Problem[] {
  return examples.flatMap((example, index) => {
    const path = ['examples', index];
    return [...checkExpected(example, packs, path), ...(isStored(example) ? [] : checkTold(example, path))];
  });
}

function checkExpected(example: Example, packs: readonly RulePack[], path: Path): Problem[] {
  const { expect = {}, verdict } = example;
  const names = packs.flatMap(({ pack, rules }) => rules.flatMap(({ id }) => [id, `${pack}/${id}`]));
  if (verdict === undefined && Object.keys(expect).length === 0) {
    return [{ path: [...path], message: 'expects nothing: give `expect`, or the `verdict` of the window' }];
  }
  return Object.keys(expect)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: [...path, 'expect', name],
      at: 'key',
      message: `«${name}» is not a rule of the packs`,
      value: name,
      candidates: names,
    }));
}

function checkTold(example: ToldExample, path: Path): Problem[] {
  const span = spanOf(example);
  const { durationMs } = span;
  const { activities = [], metrics = {}, gaps = [], disturbed = [] } = example;
  return [
    ...activities.flatMap((told, index) =>
      checkActivity(told, example, span, [...path, 'activities', index]),
    ),
    ...(example.wakes ?? []).flatMap((told, index) => checkBeat(told, span, [...path, 'wakes', index])),
    ...Object.entries(metrics).flatMap(([name, value]): Problem[] => {
      const told = toldMetric(name, value, durationMs);
      if (!('problem' in told)) return [];
      const { problem, key, ...rest } = told;
      const isName = rest.candidates !== undefined && rest.value === name;
      return [
        {
          path: [...path, 'metrics', name, ...(key === undefined ? [] : [key])],
          ...(isName ? { at: 'key' as const } : {}),
          message: problem,
          ...rest,
        },
      ];
    }),
    ...checkMeasurements(example.measured, [...path, 'measured']),
    ...checkMeasurements(example.baseline, [...path, 'baseline']),
    ...(['gaps', 'disturbed'] as const).flatMap((key) =>
      (key === 'gaps' ? gaps : disturbed).flatMap(({ from, to }, index): Problem[] =>
        (timeMs(from) ?? 0) < (timeMs(to) ?? 0)
          ? afterTheEnd(from, span, [...path, key, index, 'from'])
          : [{ path: [...path, key, index, 'to'], message: `ends at ${to}, before it begins at ${from}` }],
      ),
    ),
  ];
}

/** What an example tells of. */
interface Span {
  durationMs: number;
  /** From the opening to when a started command has stopped; of others to the close. */
  endMs: number;
}

function spanOf({ duration, stop = '' }: ToldExample): Span {
  const durationMs = parseDurationMs(duration) ?? 0;
  return { durationMs, endMs: durationMs + (parseDurationMs(stop) ?? 0) };
}

/** No window holds it, and nothing that came later causes anything in one: the example would not show what it says. */
function afterTheEnd(time: string | undefined, { endMs }: Span, path: Path): Problem[] {
  if (time === undefined || (timeMs(time) ?? 0) <= endMs) return [];
  return [
    { path: [...path], message: `${time} is after the end of the example, which is ${endMs / 1000} s long` },
  ];
}

/** Keys of an activity that are no fields of it. */
const TELLING: readonly string[] = ['at', 'every', 'until', 'jitter', 'activity', 'target'];

function checkActivity(told: ToldActivity, { targets }: ToldExample, span: Span, path: Path): Problem[] {
  const { target, activity } = told;
  const fields = Object.keys(told).filter((key) => !TELLING.includes(key) && told[key] !== undefined);
  return [
    ...checkBeat(told, span, path),
    ...(target === undefined || targets.includes(target)
      ? []
      : [
          {
            path: [...path, 'target'],
            message: `«${target}» is not a target of this example`,
            value: target,
            candidates: targets,
          },
        ]),
    ...fields.flatMap((name): Problem[] => {
      const field = fieldOf(activity, name);
      if (field === null) {
        const candidates = [...FIELDS[activity].keys(), ...TELLING];
        const message = `«${name}» is not a field of ${activity}`;
        return [{ path: [...path, name], at: 'key', message, value: name, candidates }];
      }
      const value = told[name];
      const message = value === null ? null : wrongValue(field.type, value);
      if (message !== null) return [{ path: [...path, name], message: `${name} ${message}` }];
      if (field.choices.length === 0 || value === null || field.choices.includes(String(value))) return [];
      return [
        {
          path: [...path, name],
          message: `«${String(value)}» is not a value of ${name}`,
          value: String(value),
          candidates: field.choices,
        },
      ];
    }),
  ];
}

function wrongValue(type: string, value: unknown): string | null {
  if (type === 'number') return typeof value === 'number' ? null : 'is a number';
  if (type === 'ip') return typeof value === 'string' && parseIp(value) !== null ? null : 'is an address';
  if (type === 'any') return null;
  return typeof value === 'string' || typeof value === 'number' ? null : 'is a text';
}

/** Also how many there are: an example is not a load test. */
function checkBeat(told: Beat, span: Span, path: Path): Problem[] {
  const { durationMs } = span;
  const late = (['at', 'until'] as const).flatMap((key) => afterTheEnd(told[key], span, [...path, key]));
  if (late.length > 0) return late;
  if (told.every === undefined && timeMs(told.at ?? '') === 0) {
    const message = `${told.at} is the opening itself, of which the window has nothing; write a later time, or of a cause an earlier one`;
    return [{ path: [...path, 'at'], message }];
  }
  if (told.at === undefined && told.every === undefined) {
    return [{ path: [...path], message: 'when? It needs `at`, or `every`' }];
  }
  const count = countOf(told, durationMs);
  if (count === 0) return [{ path: [...path], message: 'happens never in this window' }];
  return count > MOST_BEATS
    ? [{ path: [...path, 'every'], message: `happens ${count} times; ${MOST_BEATS} at most` }]
    : [];
}
