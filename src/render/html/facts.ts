import { short } from '../../core/wording/amounts.ts';
import type { Proof } from '../../model/proof.ts';
import { type Html, html } from './markup.ts';
import { facts } from './table.ts';
import { localTime } from './top.ts';

/** Where, by what, at what cost; what makes the proof checkable, and how to run it again. */
export function about({
  window,
  host,
  tool,
  watchdog,
  evidence,
  scope,
  rulesDigest,
  rulePacks = [],
  command,
}: Proof): Html {
  const { noise } = host;
  const storage =
    watchdog.readBytes === undefined || watchdog.writtenBytes === undefined
      ? ''
      : `, ${kilobytes(watchdog.readBytes)} read from storage and ${kilobytes(watchdog.writtenBytes)} written`;
  const meanwhile =
    noise === null
      ? []
      : [
          [
            'The host meanwhile',
            html`${short(noise.cpuBusyPercent)} % of its CPUs busy, ${short(noise.cpuStolenPercent)} % taken by its hypervisor, ${short(noise.tasksCreated)} tasks created`,
          ] as const,
        ];
  const packs = rulePacks.map(({ pack, sha256, params = {} }) => {
    const given = Object.entries(params).map(([name, value]) => `, ${name}=${value}`);
    return html`<br>${pack}${given.join('')} <code>${sha256}</code>`;
  });
  return html`<section aria-labelledby="about"><h2 id="about">About this proof</h2>
${facts([
  ['Scope', html`${scope}`],
  [
    'Window',
    html`${window.id}, ${localTime(window.opened)} to ${localTime(window.closed)}; closed by ${window.closedBy}`,
  ],
  [
    'Host',
    html`${host.name}: ${host.os} ${host.kernel}, ${host.cpus} CPUs, ${(host.memoryBytes / 1e9).toFixed(1)} GB, watched ${host.privileged ? 'as root' : 'as an ordinary user'}`,
  ],
  ...meanwhile,
  ['Made by', html`idleproof ${tool.version} on Node ${tool.node}`],
  [
    'The watchdog itself',
    watchdog.cpuSeconds === null || watchdog.rssBytes === null
      ? html`it was killed, and what it used is unknown`
      : html`${short(watchdog.cpuSeconds)} s CPU, ${watchdog.wakeups ?? 'unknown'} wakeups, ${(watchdog.rssBytes / 1e6).toFixed(1)} MB, ${watchdog.connectionsOpened ?? 'unknown'} connections${storage}`,
  ],
  ['Evidence', html`${evidence.rows} rows, chain head <code>${evidence.chainHead}</code>`],
  ['Rules', html`digest <code>${rulesDigest}</code>${packs}`],
])}
<h3>Run it again</h3>
<pre class="command" tabindex="0"><code>${command}</code></pre>
<h3>Check it</h3>
<pre class="command" tabindex="0"><code>idleproof verify proof.json</code></pre>
</section>`;
}

const kilobytes = (bytes: number): string => `${(bytes / 1e3).toFixed(0)} kB`;
