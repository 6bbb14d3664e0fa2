import { METRICS } from '../../core/derive/metrics.ts';
import { byWhom, rate } from '../../core/rules/wake-words.ts';
import { quantity } from '../../core/wording/amounts.ts';
import type { Proof, ProofTarget } from '../../model/proof.ts';
import { sleepOf } from '../wakes.ts';
import { type Html, html, NOTHING } from './markup.ts';
import { list, table } from './table.ts';

/** Each target: how it was found, its processes, its numbers, and why it woke. */
export function targets({ targets: all }: Proof): Html {
  return html`<section aria-labelledby="targets"><h2 id="targets">Targets</h2>
${all.map(target)}</section>`;
}

function target({ name, selector, processes, executables = [], metrics, wakes, notes }: ProofTarget): Html {
  return html`<div class="target"><h3>${name} <small>found by ${selector}</small></h3>
${notes.length === 0 ? NOTHING : list(notes.map((note) => html`${note}`))}
${table(`Metrics of ${name}`, METRIC_COLUMNS, Object.entries(metrics).map(metricRow))}
${wakes.length === 0 ? NOTHING : table(`Why ${name} woke`, WAKE_COLUMNS, wakes.map(wakeRow))}
${table(
  `Processes of ${name}`,
  [{ title: 'Pid', isNumber: true }, { title: 'Name' }, { title: 'Command line' }],
  processes.map(({ pid, name: of, cmdline }) => [html`${pid}`, html`${of}`, html`<code>${cmdline}</code>`]),
)}
${executables.length === 0 ? NOTHING : table(`Program files of ${name}`, [{ title: 'Program file' }, { title: 'SHA-256' }], executables.map(fileRow))}</div>
`;
}

const fileRow = ({ path, sha256 }: NonNullable<ProofTarget['executables']>[number]): Html[] => [
  html`${path}`,
  sha256 === null ? html`could not be read` : html`<code>${sha256}</code>`,
];

const METRIC_COLUMNS = [
  { title: 'Metric' },
  { title: 'Mean', isNumber: true },
  { title: 'p95', isNumber: true },
  { title: 'Max', isNumber: true },
];

function metricRow([name, value]: [string, ProofTarget['metrics'][string]]): Html[] {
  const unit = METRICS.get(name)?.dimension;
  if (value === null) return [html`${name}`, ...['unknown', '', ''].map((text) => html`${text}`)];
  const cell = (number: number): Html =>
    html`${value.atLeast ? '≥ ' : ''}${unit === undefined ? String(number) : quantity(number, unit)}`;
  return [html`${name}`, cell(value.mean), cell(value.p95), cell(value.max)];
}

const WAKE_COLUMNS = [
  { title: 'Pid', isNumber: true },
  { title: 'Thread' },
  { title: 'Sleeps in' },
  { title: 'Is woken' },
  { title: 'Times', isNumber: true },
  { title: 'A minute', isNumber: true },
];

const wakeRow = (one: ProofTarget['wakes'][number]): Html[] => [
  html`${one.pid}`,
  html`${one.thread ?? 'several threads'}`,
  html`${sleepOf(one)}`,
  html`${byWhom(one)}`,
  html`${one.count}`,
  html`${rate(one.perMinute, one)}`,
];
