import { healthOf } from '../core/derive/daemon-health.ts';
import { METRICS } from '../core/derive/metrics.ts';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { counted, quantity, short, spell, withCommas } from '../core/wording/amounts.ts';
import { sayMeasured } from '../core/rules/say-measured.ts';
import type {
  DaemonStatus,
  MeasurementStatus,
  TargetStatus,
  WindowStatus,
  WindowVerdict,
} from '../model/daemon-status.ts';
import type { TakenMeasurement } from '../model/taken-measurement.ts';
import type { Verdict } from '../model/verdict.ts';
import { localTime } from './local-time.ts';
import { textTable } from './text-table.ts';

const COLOURS: Readonly<Record<Verdict, number>> = { pass: 32, fail: 31, inconclusive: 33 };
const MAX_CELL = 44;
const MAX_LINE = 300;
const MAX_PROBLEMS = 20;

/** One page of what a daemon does, for a terminal. Names are those of watched apps and of a configuration: escaped. */
export function renderStatus(status: DaemonStatus, colour: boolean): string {
  const { targets, windows, measurements, problems } = status;
  const verdicts = windows.flatMap(({ lastVerdict }) => (lastVerdict === null ? [] : [lastVerdict]));
  const parts = [
    head(status),
    targets.length === 0 ? ['No targets.'] : textTable([TARGET_HEAD, ...targets.map(targetRow)]),
    windows.length === 0
      ? ['No windows.']
      : textTable([WINDOW_HEAD, ...windows.map((window) => windowRow(window, status))]),
    verdicts.length === 0
      ? ['No verdict yet.']
      : ['Last verdicts:', ...verdicts.flatMap((verdict) => verdictLines(verdict, status, colour))],
    measurements.length === 0
      ? []
      : textTable([MEASUREMENT_HEAD, ...measurements.map((one) => measurementRow(one, status))]),
    ownLines(status),
    problems.length === 0 ? [] : ['Problems:', ...problemLines(status)],
  ];
  const blocks = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

/** The windows alone, as a table. */
export function renderWindows(status: DaemonStatus): string {
  const { windows } = status;
  const lines =
    windows.length === 0
      ? ['No windows.']
      : textTable([WINDOW_HEAD, ...windows.map((window) => windowRow(window, status))]);
  return `${lines.join('\n')}\n`;
}

function head(status: DaemonStatus): string[] {
  const { version, pid, startedAtMs, atMs, lastLookAtMs, looks, config, stateFolder } = status;
  const look = lastLookAtMs === null ? 'no look yet' : `last look ${ago(atMs - lastLookAtMs)}`;
  const { ok, loop, store } = healthOf(status);
  const reasons = [loop.reason, store.reason].filter((reason) => reason !== null);
  return [
    clean(
      `idleproof ${version}, pid ${pid}, up ${spell(atMs - startedAtMs)}; ${counted(looks, 'look')}, ${look}`,
    ),
    clean(`Configuration ${config.path} (sha256 ${config.sha256.slice(0, 12)}), state in ${stateFolder}`),
    ...(ok ? [] : [`NOT WELL: ${reasons.join('; ')}`]),
  ];
}

const TARGET_HEAD = ['Target', 'Found by', 'Processes', 'CPU', 'Memory', 'Wakeups'];

function targetRow(target: TargetStatus): string[] {
  const { name, selector, isPresent, processes, cpuPercent, pssBytes, rssBytes, wakeupsPerSecond } = target;
  return [
    cell(name),
    cell(selector),
    isPresent ? String(processes) : 'absent',
    measured('cpu.percent', cpuPercent),
    pssBytes === null ? measured('memory.rss', rssBytes) : measured('memory.pss', pssBytes),
    measured('wakeups.rate', wakeupsPerSecond),
  ];
}

function measured(metric: string, value: number | null): string {
  const dimension = METRICS.get(metric)?.dimension;
  return value === null || dimension === undefined ? 'unknown' : quantity(value, dimension);
}

const WINDOW_HEAD = ['Window', 'Trigger', 'State', 'Passed', 'Failed', 'Inconclusive'];

function windowRow(window: WindowStatus, status: DaemonStatus): string[] {
  const { pass, fail, inconclusive } = window.verdictCounts;
  return [
    cell(window.id),
    window.trigger,
    stateOf(window, status),
    ...[pass, fail, inconclusive].map(withCommas),
  ];
}

/** `open for 5.5 min, until 2026-11-20 09:01:10`; `waiting; user quiet for 40 s`. */
function stateOf(window: WindowStatus, { atMs, utcOffsetMinutes }: DaemonStatus): string {
  const { state, sinceMs, nextAtMs, userQuietSinceMs } = window;
  const since = state === 'waiting' ? '' : ` for ${spell(atMs - sinceMs)}`;
  const words = state === 'open' ? ', until' : ', opens';
  const next = nextAtMs === null ? '' : `${words} ${localTime(nextAtMs, utcOffsetMinutes)}`;
  const quiet = userQuietSinceMs === null ? '' : `; user quiet for ${spell(atMs - userQuietSinceMs)}`;
  return `${state}${since}${next}${quiet}`;
}

const MEASUREMENT_HEAD = ['Measurement', 'Kind', 'State', 'Taken', 'Failed', 'Last'];

function measurementRow(
  { id, kind, state, sinceMs, nextAtMs, last, counts }: MeasurementStatus,
  { atMs, utcOffsetMinutes }: DaemonStatus,
): string[] {
  const since = sinceMs === null ? '' : ` for ${spell(Math.max(0, atMs - sinceMs))}`;
  const until = state === 'due' ? ', until no window is open' : '';
  const isNext = state === 'scheduled' && nextAtMs !== null;
  const next = isNext ? `, next ${localTime(nextAtMs, utcOffsetMinutes)}` : '';
  return [
    cell(id),
    kind,
    `${state}${since}${until}${next}`,
    withCommas(counts.taken),
    withCommas(counts.failed),
    cell(last === null ? 'never' : lastWords(last)),
  ];
}

/** Its first number, and whether it is worse than the baseline. */
function lastWords({ problem, measurements: [first], comparison }: TakenMeasurement): string {
  if (problem !== null) return problem;
  const statistic = first?.statistics.p50 === undefined ? 'value' : 'p50';
  const value = first?.statistics[statistic]?.value;
  const found =
    first === undefined || value === undefined
      ? 'nothing'
      : `${statistic} of ${first.name} ${sayMeasured(first.name, value)}`;
  return comparison?.verdict === 'fail' ? `worse than ${comparison.baseline}: ${found}` : found;
}

function verdictLines(verdict: WindowVerdict, { utcOffsetMinutes }: DaemonStatus, colour: boolean): string[] {
  const { windowId, fromMs, toMs, headline, folder } = verdict;
  const when = `${localTime(fromMs, utcOffsetMinutes)} to ${localTime(toMs, utcOffsetMinutes)}`;
  const word = verdict.verdict.toUpperCase();
  const painted = colour ? `\u001b[${COLOURS[verdict.verdict]}m${word}\u001b[0m` : word;
  const text = clean(headline.startsWith(`${word}: `) ? headline.slice(word.length + 2) : headline);
  return [
    `  ${cell(windowId)}  ${when}  ${painted}`,
    `    ${text}`,
    `    ${folder === null ? 'its proof could not be written' : clean(folder)}`,
  ];
}

function ownLines({ alerts, store, self, atMs, startedAtMs }: DaemonStatus): string[] {
  const commit =
    store.lastCommitAtMs === null
      ? 'nothing committed yet'
      : `last commit ${ago(atMs - store.lastCommitAtMs)}`;
  const share = (100_000 * self.cpuSeconds) / Math.max(1, atMs - startedAtMs);
  const wakeups = self.wakeups === null ? 'unknown wakeups' : counted(self.wakeups, 'wakeup');
  return [
    `Alerts  ${withCommas(alerts.firing)} firing, ${withCommas(alerts.outbox)} to be sent`,
    `Store   ${counted(store.rows, 'row')} in ${counted(store.segments, 'segment')}, ${measured('memory.rss', store.bytes)}, ${commit}`,
    `Itself  ${short(self.cpuSeconds)} s CPU (${short(share)} % of one core), ${measured('memory.rss', self.rssBytes)}, ${wakeups}`,
  ];
}

function problemLines({ problems, utcOffsetMinutes }: DaemonStatus): string[] {
  const more = problems.length - MAX_PROBLEMS;
  return [
    ...problems
      .slice(0, MAX_PROBLEMS)
      .map(({ text, sinceMs }) => `  - ${clean(text)} (since ${localTime(sinceMs, utcOffsetMinutes)})`),
    ...(more > 0 ? [`  - and ${more} more`] : []),
  ];
}

const ago = (elapsedMs: number): string => `${spell(Math.max(0, elapsedMs))} ago`;

const clip = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;
const clean = (text: string): string => clip(escapeControls(text), MAX_LINE);
const cell = (text: string): string => clip(escapeControls(text), MAX_CELL);
