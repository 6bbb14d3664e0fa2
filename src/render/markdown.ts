import { sayExcluded } from '../core/proof/excluded.ts';
import { byWhom, rate } from '../core/rules/wake-words.ts';
import type { HostNoise } from '../model/evidence.ts';
import type { Proof, ProofTarget, ProofWakes } from '../model/proof.ts';
import { asCode, asCodeInCell, forMarkdown } from './escape.ts';
import { gateRows, reasonsFor } from './gate-sheet.ts';
import { markdownTable } from './markdown-table.ts';
import { sleepOf } from './wakes.ts';

/** One page for people: headline, gate sheet, findings, what the evidence covers, and how to run it again. */
export function renderMarkdown(proof: Proof): string {
  return `${[
    `# ${forMarkdown(proof.headline)}`,
    gateSheet(proof),
    list(
      'Found',
      proof.findings.map(({ text }) => forMarkdown(text)),
    ),
    list('Why not everything is proved', doubts(proof)),
    list('Warnings', proof.warnings.map(forMarkdown)),
    coverage(proof),
    ...proof.targets.map(target),
    facts(proof),
    `## Run it again\n\n${asCode(proof.command)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function gateSheet(proof: Proof): string {
  const rows = gateRows(proof).map(({ gate, target: name, measured, expected, status }) => [
    ...[gate, name, measured, expected].map(forMarkdown),
    status,
  ]);
  return markdownTable(['Gate', 'Target', 'Measured', 'Expected', 'Status'], rows);
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `## ${title}\n\n${items.map((item) => `- ${item}`).join('\n')}`;
}

function doubts(proof: Proof): string[] {
  return reasonsFor(proof, 'pass', 'inconclusive', 'notApplicable').map(
    ({ rules, target: name, reason }) =>
      `${rules.map(asCode).join(', ')} (${forMarkdown(name)}): ${forMarkdown(reason)}`,
  );
}

/** What the watchdog did itself, so that it had to be seen. */
function plantedIn(controls: Proof['controls']): string {
  if (controls.length === 0) return '';
  const told = controls.map(
    ({ name, planted, by }) => `${planted} × ${name} (${by.length === 0 ? 'not caught' : by.join(' and ')})`,
  );
  return ` Planted by the watchdog, and caught: ${told.join(', ')}.`;
}

function coverage({ coverage: { ticks, share, collectors, excludes }, notWatched, controls }: Proof): string {
  const rows = collectors.map(({ name, target: of, tier, status, reason, cpuSeconds }) =>
    [
      of === null ? name : `${name} (${of})`,
      tier,
      status,
      reason ?? '',
      cpuSeconds === null ? 'unknown' : `${(cpuSeconds * 1000).toFixed(1)} ms`,
    ].map(forMarkdown),
  );
  return [
    '## What the evidence covers',
    `${ticks.taken} of ${ticks.expected} looks, ${(share * 100).toFixed(1)} % of the window, longest gap ${ticks.longestGapSeconds} s. Would have been seen: ${sayExcluded(excludes) || 'nothing for certain'}. Not watched: ${forMarkdown(notWatched.join(', ') || 'nothing was left out')}.${plantedIn(controls)}`,
    markdownTable(['Collector', 'Tier', 'Status', 'Reason', 'Own cost'], rows),
  ].join('\n\n');
}

function target({ name, selector, processes, metrics, wakes, notes }: ProofTarget): string {
  const parts = [
    `## Target ${forMarkdown(name)}`,
    `Found by ${forMarkdown(selector)}.`,
    markdownTable(
      ['Pid', 'Name', 'Command line'],
      processes.map(({ pid, name: of, cmdline }) => [String(pid), forMarkdown(of), asCodeInCell(cmdline)]),
    ),
    markdownTable(
      ['Metric', 'Mean', 'p95', 'Max'],
      Object.entries(metrics).map(([metric, value]) =>
        value === null
          ? [metric, 'unknown', 'unknown', 'unknown']
          : [
              metric,
              ...[value.mean, value.p95, value.max].map((number) => `${value.atLeast ? '≥ ' : ''}${number}`),
            ],
      ),
    ),
    ...(wakes.length === 0 ? [] : [wakesTable(wakes)]),
    ...notes.map(forMarkdown),
  ];
  return parts.join('\n\n');
}

function wakesTable(wakes: readonly ProofWakes[]): string {
  const rows = wakes.map((one) => [
    String(one.pid),
    ...[one.thread ?? 'several threads', sleepOf(one), byWhom(one)].map(forMarkdown),
    String(one.count),
    rate(one.perMinute, one),
  ]);
  return markdownTable(['Pid', 'Thread', 'Sleeps in', 'Is woken', 'Times', 'A minute'], rows);
}

const stored = ({ readBytes, writtenBytes }: Proof['watchdog']): string =>
  readBytes === undefined || writtenBytes === undefined
    ? ''
    : `, ${(readBytes / 1e3).toFixed(0)} kB read from storage and ${(writtenBytes / 1e3).toFixed(0)} kB written`;

const usedBy = ({ cpuSeconds, wakeups, rssBytes, connectionsOpened }: Proof['watchdog']): string =>
  cpuSeconds === null || rssBytes === null
    ? 'it was killed, and what it used is unknown'
    : `${cpuSeconds} s CPU, ${wakeups ?? 'unknown'} wakeups, ${(rssBytes / 1e6).toFixed(1)} MB, ${connectionsOpened ?? 'unknown'} connections`;

const noiseOf = ({ cpuBusyPercent, cpuStolenPercent, tasksCreated }: HostNoise): string =>
  `The host meanwhile: ${cpuBusyPercent} % of its CPUs busy, ${cpuStolenPercent} % taken by its hypervisor, ${tasksCreated} tasks created`;

function facts({ window, host, tool, watchdog, evidence, scope, rulesDigest }: Proof): string {
  return list('Facts', [
    `Window ${window.opened.local} to ${window.closed.local}, ${window.durationSeconds} s after ${window.settleSeconds} s of settling; closed by ${window.closedBy}`,
    `Scope: ${forMarkdown(scope)}`,
    `Host ${forMarkdown(host.name)}: ${forMarkdown(host.os)} ${forMarkdown(host.kernel)}, ${host.cpus} CPUs${host.privileged ? ', as root' : ', as an ordinary user'}; idleproof ${tool.version} on Node ${tool.node}`,
    `The watchdog itself: ${usedBy(watchdog)}${stored(watchdog)}`,
    ...(host.noise === null ? [] : [noiseOf(host.noise)]),
    `Evidence: ${evidence.rows} rows, chain head ${asCode(evidence.chainHead)}; rules digest ${asCode(rulesDigest)}`,
  ]);
}
