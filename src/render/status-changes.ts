import { healthOf } from '../core/derive/daemon-health.ts';
import { proofTime } from '../core/derive/proof-time.ts';
import { escapeControls } from '../core/parse/escape-controls.ts';
import type { DaemonStatus, WindowStatus } from '../model/daemon-status.ts';

const MAX_LINE = 300;

/**
 * What changed from one status to the next, a line each, for a log or a pipe. Without an earlier one: how everything is.
 */
export function statusChanges(before: DaemonStatus | null, now: DaemonStatus): string[] {
  const at = proofTime(now.atMs, now.utcOffsetMinutes).local;
  const old = new Set(before === null ? [] : facts(before));
  const isSame = before?.pid === now.pid && before.startedAtMs === now.startedAtMs;
  return facts(now)
    .filter((fact) => !isSame || !old.has(fact))
    .concat(before === null ? [] : solved(before, now))
    .map((fact) => clip(`${at} ${escapeControls(fact)}`));
}

/** Everything that is worth a line when it changes: a line says what is so, and is there for as long as it is. */
function facts(status: DaemonStatus): string[] {
  const { pid, version, targets, windows, measurements, alerts, problems, config } = status;
  const { ok, loop, store } = healthOf(status);
  const sick = [
    ...(loop.ok ? [] : ['the loop does not tick']),
    ...(store.ok ? [] : ['the store does not commit']),
  ];
  return [
    `daemon: idleproof ${version}, pid ${pid}`,
    `configuration: ${config.path} (sha256 ${config.sha256.slice(0, 12)})`,
    `health: ${ok ? 'ok' : sick.join(', ')}`,
    ...targets.map(({ name, isPresent }) => `target ${name}: ${isPresent ? 'present' : 'absent'}`),
    ...windows.flatMap(windowFacts),
    ...measurements.flatMap(({ id, state, last }) => [
      `measurement ${id}: ${state}`,
      ...(last?.comparison == null ? [] : [`measurement ${id}: ${last.comparison.headline}`]),
    ]),
    `alerts: ${alerts.firing} firing`,
    ...problems.map(({ text }) => `problem: ${text}`),
  ];
}

function windowFacts({ id, state, sinceMs, lastVerdict }: WindowStatus): string[] {
  const since = new Date(Math.floor(sinceMs)).toISOString();
  const told =
    lastVerdict === null ? [] : [`verdict ${id}: ${lastVerdict.headline} (${spanOf(lastVerdict)})`];
  return [...told, `window ${id}: ${state} since ${since}`];
}

const spanOf = ({ fromMs, toMs }: { fromMs: number; toMs: number }): string =>
  [fromMs, toMs].map((ms) => new Date(Math.floor(ms)).toISOString()).join(' to ');

function solved(before: DaemonStatus, now: DaemonStatus): string[] {
  const still = new Set(now.problems.map(({ text }) => text));
  return before.problems.filter(({ text }) => !still.has(text)).map(({ text }) => `solved: ${text}`);
}

const clip = (line: string): string => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line);
