import type { Evidence } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetric, Readings } from '../../model/sample.ts';
import type { TimeSpan } from '../../model/time.ts';
import { counted } from '../wording/amounts.ts';
import { sayProcess } from '../wording/process.ts';
import { type Lifetime, livedIn } from './lifetimes.ts';
import type { Increments } from './growth.ts';
import { type Inherited, REAPED_CPU, withoutChildren } from './reaped.ts';
import { holds } from './spans.ts';
import { once } from './once.ts';
import type { LookInterval } from './timeline.ts';

export interface IncrementInput {
  evidence: Evidence;
  window: TimeSpan;
  intervals: readonly LookInterval[];
  lives: readonly Lifetime[];
}

/** The start time of a process comes in clock ticks and from another clock than the looks. */
const START_TOLERANCE_MS = 50;

/** The kernel adds bytes to the parent's own, so that both cannot be told apart there: see proc_pid_io(5). */
const ADDED_TO_PARENTS: ReadonlySet<ProcessMetric> = new Set(['readBytes', 'writtenBytes']);

/** What a cumulative metric of the processes grew by in a window. */
export function sampleIncrements(input: IncrementInput, field: ProcessMetric, name: string): Increments {
  const lost = lostUsage(input, field);
  const result: Increments = { amounts: [], uncounted: lost, isLost: lost !== null, missing: null };
  for (const life of input.lives) {
    if (!livedIn(life, input.window)) continue;
    const grown = growth(input, life, field);
    if (grown.read) result.amounts.push(grown.amounts);
    else if (life.looksAtMs.length === 0 && life.exitMs !== null) {
      result.uncounted ??= `${sayProcess(life.process)} ended before it could be read`;
    } else result.missing ??= `${name} of ${sayProcess(life.process)} was never read`;
    if (grown.joinedLate)
      result.uncounted ??= `${sayProcess(life.process)} was already running when it was found`;
  }
  return result;
}

/** CPU time in nanoseconds: of all processes, and of children that came and went between two looks. */
export function cpuIncrements(input: IncrementInput): Increments {
  const result = sampleIncrements(input, 'cpuNs', 'CPU time');
  for (const life of input.lives) {
    const reaped = growthEver(input, life, 'reapedCpuNs').amounts;
    result.amounts.push(inside(input.window, withoutOwnChildren(input, life, reaped, REAPED_CPU)));
  }
  return result;
}

interface Growth {
  amounts: Readings;
  read: boolean;
  joinedLate: boolean;
}

function growth(input: IncrementInput, life: Lifetime, field: ProcessMetric): Growth {
  const ever = growthEver(input, life, field);
  const own = ADDED_TO_PARENTS.has(field)
    ? withoutOwnChildren(input, life, ever.amounts, { fields: [field], rounding: 0 })
    : ever.amounts;
  return { ...ever, amounts: inside(input.window, own) };
}

/** What a process grew by, less what its children were counted for when they were read themselves. */
function withoutOwnChildren(
  { lives }: IncrementInput,
  { process }: Lifetime,
  grown: Readings,
  inherited: Inherited,
): Readings {
  const children = lives.filter(
    ({ process: other }) => other.parentId === process.id && other.isSibling !== true,
  );
  return withoutChildren(grown, children, inherited);
}

function inside(window: TimeSpan, { atMs, values }: Readings): Readings {
  const first = countUntil(atMs, window.fromMs);
  const end = countUntil(atMs, window.toMs);
  return { atMs: atMs.subarray(first, end), values: values.subarray(first, end) };
}

/** How many times are not later than one. */
function countUntil(atMs: Float64Array, untilMs: number): number {
  let count = 0;
  while (count < atMs.length && (atMs[count] as number) <= untilMs) count += 1;
  return count;
}

/** A process that was there at the first look has a past that is not ours; one that came later starts from 0. */
function growthEver(input: IncrementInput, life: Lifetime, field: ProcessMetric): Growth {
  const { atMs, values } = life.readings(field);
  const [firstMs] = atMs;
  if (firstMs === undefined) return { amounts: { atMs, values }, read: false, joinedLate: false };
  const grown = new Float64Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    grown[index] = Math.max(0, (values[index] as number) - (index === 0 ? 0 : (values[index - 1] as number)));
  }
  if (startedUnderOurEyes(input, life, firstMs))
    return { amounts: { atMs, values: grown }, read: true, joinedLate: false };
  const joinedLate = holds(input.window, firstMs) && firstMs > firstLookMs(input.evidence);
  return { amounts: { atMs: atMs.subarray(1), values: grown.subarray(1) }, read: true, joinedLate };
}

function startedUnderOurEyes(input: IncrementInput, life: Lifetime, seenAtMs: number): boolean {
  const startedMs = life.process.startedAtMs + START_TOLERANCE_MS;
  if (seenAtMs <= firstLookMs(input.evidence)) return false;
  if (startedMs >= input.window.fromMs) return true;
  return startedMs >= firstLookMs(input.evidence) && !holds(input.window, seenAtMs);
}

function firstLookMs(evidence: Evidence): number {
  return once(evidence, firstLookMs, '', () =>
    evidence.looks.reduce((first, range) => Math.min(first, range.fromMs), Number.POSITIVE_INFINITY),
  );
}

/**
 * What a process used after its last look is known only to a parent that waits for it: as reaped CPU time, and in the
 * parent's own io counters. Where that is watched by nobody, or ended before, it is lost. Wakeups are nowhere; they have a doubt of their own, with
 * the task counter.
 */
function lostUsage(input: IncrementInput, field: ProcessMetric): string | null {
  if (field === 'wakeups') return null;
  const counting: ProcessMetric = field === 'cpuNs' ? 'reapedCpuNs' : field;
  const heirs = new Map(
    input.lives
      .filter((life) => life.readings(counting).atMs.length > 0)
      .map((life) => [life.process.id, life.exitMs ?? Number.POSITIVE_INFINITY]),
  );
  const bequeathes = ({ parentId, isSibling }: WatchedProcess, exitMs: number): boolean =>
    parentId !== null && isSibling !== true && (heirs.get(parentId) ?? Number.NEGATIVE_INFINITY) >= exitMs;
  const lost = input.lives.filter(
    ({ process, exitMs }) => exitMs !== null && holds(input.window, exitMs) && !bequeathes(process, exitMs),
  );
  const [first] = lost;
  if (first === undefined) return null;
  const whose =
    lost.length === 1
      ? ''
      : `, nor that of ${counted(lost.length - 1, 'other')} for whom nobody waited who is watched`;
  return `${sayProcess(first.process)} ended; what it used ${first.looksAtMs.length === 0 ? '' : 'after the last look '}is not counted${whose}`;
}
