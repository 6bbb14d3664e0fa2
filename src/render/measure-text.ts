import { escapeControls } from '../core/parse/escape-controls.ts';
import { sayMeasured } from '../core/rules/say-measured.ts';
import { MEASUREMENTS } from '../core/rules/measurements.ts';
import { counted, quantity, short } from '../core/wording/amounts.ts';
import type { MeasureDocument } from '../model/measure-document.ts';
import { type Measurement, type Statistic, STATISTICS } from '../model/measurement.ts';

const MAX_CELL = 60;

/** What was measured, as a table for a terminal, with what was expected of it and what is to be noted. */
export function renderMeasureText(document: MeasureDocument, colour: boolean): string {
  const { measurements, expectations, notes } = document;
  const paint = (met: boolean): string => {
    const text = met ? 'PASS' : 'FAIL';
    return colour ? `\u001b[${met ? 32 : 31}m${text}\u001b[0m` : text;
  };
  const lines = [
    `${document.kind} of ${escapeControls(document.target)}, ${document.timestamp}`,
    '',
    ...table(measurements),
  ];
  const usage = usageLine(document);
  if (usage !== null) lines.push('', usage);
  const details = Object.entries(document.facts).flatMap(([name, value]) =>
    name === 'statusCodes' || name === 'failures' ? countsLine(name, value) : [],
  );
  if (details.length > 0) lines.push('', ...details);
  section(
    'Expected',
    expectations.map(
      ({ text, met, measured }) =>
        `${escapeControls(text)}  ${escapeControls(measured.join('; '))}  ${paint(met)}`,
    ),
  );
  section('Not to go by', problemLines(measurements).map(escapeControls));
  section('Note', notes.map(escapeControls));
  return `${lines.join('\n')}\n`;

  function section(title: string, items: readonly string[]): void {
    if (items.length === 0) return;
    lines.push('', `${title}:`, ...items.map((item) => `  - ${item}`));
  }
}

function table(measurements: readonly Measurement[]): string[] {
  const shown = STATISTICS.filter((name) => measurements.some(({ statistics }) => name in statistics));
  const ids = measurements.some(({ id }) => id !== null) ? ['id'] : [];
  const head = ['measurement', ...ids, 'n', ...shown.map((name) => (name === 'p50' ? 'median' : name))];
  const rows = measurements.map((one) => [
    one.name,
    ...(ids.length === 0 ? [] : [clip(escapeControls(one.id ?? ''))]),
    String(one.count),
    ...shown.map((name) => cell(one, name)),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const isText = (column: number): boolean => column <= ids.length;
  return [head, ...rows].map((row) =>
    row
      .map((text, column) =>
        isText(column) ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** Each problem once, with the measurements that have it. */
function problemLines(measurements: readonly Measurement[]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, id, problem } of measurements)
    if (problem !== null)
      names.set(problem, [...(names.get(problem) ?? []), `${name}${id === null ? '' : ` (${id})`}`]);
  return [...names].map(([problem, of]) => `${of.join(', ')}: ${problem}`);
}

function cell({ name, statistics, count }: Measurement, statistic: Statistic): string {
  const value = statistics[statistic]?.value;
  const kind = MEASUREMENTS.get(name);
  if (kind === undefined || !kind.statistics.includes(statistic)) return '';
  if (value === undefined || count === 0) return '?';
  return sayMeasured(name, value);
}

/** `while measured: CPU 12 % of a core (0.24 s), memory up to 50 MB, 2 processes`. */
function usageLine({ targetUsage: usage }: MeasureDocument): string | null {
  if (usage === null) return null;
  const cpu =
    usage.cpuSeconds === null || usage.cpuPercent === null
      ? 'CPU unknown'
      : `CPU ${short(usage.cpuPercent)} % of a core (${short(usage.cpuSeconds)} s)`;
  const memory = usage.rssBytesMax === null ? 'memory unknown' : `memory up to ${bytes(usage.rssBytesMax)}`;
  const { pssBytesBefore: from, pssBytesAfter: to } = usage;
  const pss = from === null || to === null ? '' : ` (PSS ${bytes(from)} before, ${bytes(to)} after)`;
  return `meanwhile  ${cpu}, ${memory}${pss}, ${counted(usage.processes, 'process').replace(/processs$/, 'processes')}`;
}

function countsLine(name: string, value: unknown): string[] {
  const counts = Object.entries(value as Record<string, number>);
  if (counts.length === 0) return [];
  const title = name === 'statusCodes' ? 'status' : 'failed';
  return [`${title}  ${counts.map(([key, count]) => `${escapeControls(key)}: ${short(count)}`).join(', ')}`];
}

const clip = (text: string): string => (text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text);

const bytes = (value: number): string => quantity(value, { quantity: 'bytes', perSecond: false });
