import { escapeControls } from '../core/parse/escape-controls.ts';
import type { Coverage } from '../model/proof.ts';
import type { Diagnosis } from '../session/doctor/diagnose.ts';

type Lifetime = Coverage['excludes']['connectionLifetimeSeconds'];

/** What was found, for people. */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  const { tool, host, circumstances, isExample, targets } = diagnosis;
  const who = circumstances.userId === 0 ? 'root' : `user ${circumstances.userId}`;
  const where = circumstances.container ? ', in a container' : '';
  const lines = [
    `idleproof ${tool.version} as ${who} on ${host.os} ${host.kernel}, Node ${tool.node}${where}`,
    ...(isExample
      ? [
          'No target was named: this is what can be seen of idleproof itself. Name one: --port 8000, --name nginx',
        ]
      : targets.map(
          ({ name, selector, processes }) =>
            `${name}: ${selector}, ${processes} ${processes === 1 ? 'process' : 'processes'}`,
        )),
    '',
    ...collectorLines(diagnosis),
    '',
    ...windowLines(diagnosis),
    ...liftLines(diagnosis),
  ];
  return `${lines.map(escapeControls).join('\n')}\n`;
}

function collectorLines({ collectors }: Diagnosis): string[] {
  const rows = collectors.map(({ name, target, tier, status, reason }) => [
    target === null ? name : `${name} (${target})`,
    status,
    status === 'unavailable' ? '' : tier,
    reason ?? '',
  ]);
  const table = [['Collector', 'Here', 'Tier', 'Why'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function windowLines({ window }: Diagnosis): string[] {
  const { durationSeconds, tickSeconds, excludes } = window;
  const { atRest, atWork } = excludes;
  const period = atWork.periodSeconds;
  const periods =
    period === null
      ? 'none'
      : `up to ${Math.floor(period.max)} s, at ${Math.round(period.confidence * 100)} %`;
  const connections = lifetime(atWork.connectionLifetimeSeconds);
  const lines = [
    `A quiet window of ${durationSeconds} s, looked at every ${tickSeconds} s, would exclude:`,
    `  periods      ${periods}`,
    `  connections  ${connections}`,
  ];
  const better = lifetime(atRest.connectionLifetimeSeconds);
  if (better !== connections) {
    lines.push(`               ${better}, as long as the target does not run at all`);
  }
  return lines;
}

function lifetime(excluded: Lifetime): string {
  if (excluded === null) return 'none: what cannot be seen cannot be excluded';
  if (excluded.min === 0) return 'any, however short';
  return `those that live for ${excluded.min} s or longer; shorter ones unless the network counters show that there were none`;
}

function liftLines({ lifts }: Diagnosis): string[] {
  if (lifts.length === 0) return [];
  const blocks = lifts.flatMap(({ command, gives, collectors }) => [
    `  ${command}`,
    `      ${gives} (${collectors.join(', ')})`,
  ]);
  return ['', 'To see more:', ...blocks];
}
