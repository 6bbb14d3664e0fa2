import type { ProcessMetric } from '../model/sample.ts';
import { DamagedRows, isObject, parseBody } from './damaged-rows.ts';
import { type Row, SAMPLE_METRICS, type Value } from './tables.ts';

/** Fewer samples of a batch are rows of their own, which take less room then, and which SQL can ask. */
const LEAST_SAMPLES = 16;

/** When something was looked at, then the numbers of the processes; none: those of the look before. */
type BlockLook = [atMs: number, ...processIds: number[]];

/**
 * Body of a block, sample by sample in the order of writing. A metric of which each sample has a value is told as what it grew by since
 * the sample before of the same process, and of the first one whole; another one, or one whose growth would not be exact, as the places of the
 * samples that have it, with their values.
 */
type BlockBody = { looks: BlockLook[] } & Partial<Record<ProcessMetric, number[] | [number[], number[]]>>;

/** Looks at the same processes, one after the other. */
interface BlockRun {
  /** Place of its first sample in the block. */
  first: number;
  atMs: number[];
  processIds: readonly number[];
}

/** What was read of one metric: of every sample, or of those in some places. */
interface BlockMetric {
  metric: ProcessMetric;
  values: number[];
  /** null: of every sample. */
  places: readonly number[] | null;
}

/** What a block holds. */
export interface SampleBlock {
  runs: readonly BlockRun[];
  metrics: readonly BlockMetric[];
}

/** The rows of a batch with its samples in one of them, where there are many. */
export function packSamples(rows: readonly Row[]): readonly Row[] {
  const samples = rows.filter(({ table }) => table === 'sample');
  if (samples.length < LEAST_SAMPLES || !samples.every(isExact)) return rows;
  return [...rows.filter(({ table }) => table !== 'sample'), blockOf(samples)];
}

/** The same rows as they were before they were packed; the samples of a block stand where it does. */
export function unpackSamples(rows: readonly Row[]): Row[] {
  return rows.flatMap((row) => (row.table === 'sample_block' ? rowsOf(row.values) : row));
}

/** How many rows they were before their samples were packed. */
export function unpackedCount(rows: readonly Row[]): number {
  return rows.reduce(
    (count, { table, values }) => count + (table === 'sample_block' ? Number(values[2]) : 1),
    0,
  );
}

/** Whether it has a time and a process, and all values are numbers that JSON keeps; what has none of it is for SQLite to refuse. */
const isExact = ({ values: [atMs, processId, ...values] }: Row): boolean =>
  Number.isFinite(atMs) &&
  Number.isSafeInteger(processId) &&
  values.every((value) => value === null || Number.isSafeInteger(value));

/** One row of some samples, at least one. */
export function blockOf(samples: readonly Row[]): Row {
  const atMs = samples.map(({ values }) => Number(values[0]));
  const processIds = samples.map(({ values }) => Number(values[1]));
  const runs = runsOf(atMs, processIds);
  const body: BlockBody = { looks: runs.flatMap(looksOf) };
  const before = previousOf(runs, samples.length);
  for (const [index, metric] of SAMPLE_METRICS.entries()) {
    const values = samples.map((sample) => sample.values[index + 2] as number | null);
    const places = [...values.keys()].filter((place) => values[place] !== null);
    const told = places.map((place) => values[place] as number);
    if (told.length === 0) continue;
    const growth = told.length === values.length ? growthOf(told, before) : null;
    body[metric] = growth ?? [places, told];
  }
  // Those of a keyframe, which are the last ones of each process, are in no order of time.
  const [fromMs, toMs] = [atMs.reduce((a, b) => Math.min(a, b)), atMs.reduce((a, b) => Math.max(a, b))];
  return { table: 'sample_block', values: [fromMs, toMs, samples.length, JSON.stringify(body)] };
}

/**
 * Reads a block, in the order of writing.
 * @param samples so many are in it
 * @throws DamagedRows where it is not what was written: a metric that is left out would be one that nobody read
 */
export function readBlock(samples: Value, text: Value): SampleBlock {
  const body = parseBody(text, 'a block of samples');
  if (!isBlockBody(body)) throw new DamagedRows('a block of samples is not what was written');
  const { looks, ...told } = body;
  const runs: BlockRun[] = [];
  let first = 0;
  for (const [lookMs, ...processIds] of looks) {
    const run = runs.at(-1);
    if (run !== undefined && processIds.length === 0) run.atMs.push(lookMs);
    else runs.push({ first, atMs: [lookMs], processIds });
    first += runs.at(-1)?.processIds.length ?? 0;
  }
  const metrics = Object.entries(told).map(([name, values]): BlockMetric => {
    const metric = name as ProcessMetric;
    return isGrowth(values)
      ? { metric, values, places: null }
      : { metric, values: values[1], places: values[0] };
  });
  if (first !== samples || !metrics.every((metric) => fits(metric, first)))
    throw new DamagedRows('a block of samples is not what was written');
  for (const { values, places } of metrics) if (places === null) sumUp(values, runs);
  return { runs, metrics };
}

function isBlockBody(body: unknown): body is BlockBody {
  if (!isObject(body)) return false;
  const { looks, ...told } = body;
  const lists = Object.values(told);
  return (
    isListOfLists(looks) &&
    looks.every((look) => look.length > 0 && look.every(Number.isFinite)) &&
    lists.every((one) => Array.isArray(one) && (isGrowth(one) || isListOfLists(one)))
  );
}

const isListOfLists = (list: unknown): list is unknown[][] =>
  Array.isArray(list) && list.every(Array.isArray);

const fits = ({ metric, values, places }: BlockMetric, samples: number): boolean =>
  SAMPLE_METRICS.includes(metric) &&
  values.length === (places?.length ?? samples) &&
  values.every(Number.isFinite) &&
  (places === null || places.every((place) => Number.isInteger(place) && place >= 0 && place < samples));

/** When each sample of some runs was taken, and of which process. */
export function samplesOf(runs: readonly BlockRun[]): { atMs: number; processId: number }[] {
  return runs.flatMap(({ atMs, processIds }) =>
    atMs.flatMap((lookMs) => processIds.map((processId) => ({ atMs: lookMs, processId }))),
  );
}

function rowsOf([, , samples = null, body = null]: readonly Value[]): Row[] {
  const { runs, metrics } = readBlock(samples, body);
  const rows = samplesOf(runs).map(({ atMs, processId }): Value[] => [
    atMs,
    processId,
    ...SAMPLE_METRICS.map(() => null),
  ]);
  for (const { metric, values, places } of metrics) {
    const column = 2 + SAMPLE_METRICS.indexOf(metric);
    for (let nth = 0; nth < values.length; nth += 1)
      (rows[places?.[nth] ?? nth] as Value[])[column] = values[nth] as number;
  }
  return rows.map((values) => ({ table: 'sample', values }));
}

function runsOf(atMs: readonly number[], processIds: readonly number[]): BlockRun[] {
  const runs: BlockRun[] = [];
  for (let first = 0, next = 0; first < atMs.length; first = next) {
    const lookMs = atMs[first] as number;
    while (next < atMs.length && atMs[next] === lookMs) next += 1;
    const ids = processIds.slice(first, next);
    const last = runs.at(-1);
    if (last !== undefined && ids.join(' ') === last.processIds.join(' ')) last.atMs.push(lookMs);
    else runs.push({ first, atMs: [lookMs], processIds: ids });
  }
  return runs;
}

const looksOf = ({ atMs, processIds }: BlockRun): BlockLook[] =>
  atMs.map((lookMs, nth) => (nth === 0 ? [lookMs, ...processIds] : [lookMs]));

/** Of each sample the place of one before it of the same process, of an earlier look; −1: there is none in the block. */
function previousOf(runs: readonly BlockRun[], samples: number): Int32Array {
  const previous = new Int32Array(samples);
  const last = new Map<number, number>();
  for (const { first, atMs, processIds } of runs) {
    const count = processIds.length;
    const end = first + atMs.length * count;
    for (let nth = 0; nth < count; nth += 1)
      previous[first + nth] = last.get(processIds[nth] as number) ?? -1;
    for (let place = first + count; place < end; place += 1) previous[place] = place - count;
    for (let nth = 0; nth < count; nth += 1) last.set(processIds[nth] as number, end - count + nth);
  }
  return previous;
}

const isGrowth = (told: unknown[] | [number[], number[]]): told is number[] => !Array.isArray(told[0]);

/** null: some of it would be no exact number. */
function growthOf(values: readonly number[], previous: Int32Array): number[] | null {
  const growth = values.map((value, at) => {
    const before = previous[at] as number;
    return before < 0 ? value : value - (values[before] as number);
  });
  return growth.every(Number.isSafeInteger) ? growth : null;
}

/** Puts what values were in the place of what they grew by: room of its own for them takes longer than the sums. */
function sumUp(values: number[], runs: readonly BlockRun[]): void {
  // Nearly always the processes are the same at all looks of a block.
  const previous = runs.length > 1 ? previousOf(runs, values.length) : null;
  for (const { first, atMs, processIds } of runs) {
    const count = processIds.length;
    const end = first + atMs.length * count;
    for (let place = first; place < first + count; place += 1) {
      const before = previous?.[place] ?? -1;
      if (before >= 0) values[place] = (values[before] as number) + (values[place] as number);
    }
    for (let place = first + count; place < end; place += 1)
      values[place] = (values[place - count] as number) + (values[place] as number);
  }
}
