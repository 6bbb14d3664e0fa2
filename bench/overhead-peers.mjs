// What others would run to watch the same processes, for bench/overhead.mjs: as their manuals say, one look a second.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The watchers beside idleproof. `argv(instance)`: its command; `env`: what it is told besides; `visit(instance)`: where it has to be
 * asked once a second, since it looks only then; `isBusy`: it reads all of the host, or is asked over the network.
 */
export function peers(pids, folder) {
  const libraries = fileURLToPath(new URL('overhead-libraries.mjs', import.meta.url));
  return [
    { name: 'pidstat -urdhw 1', argv: () => ['pidstat', '-urdhw', '-p', pids.join(','), '1'] },
    {
      name: 'atop -w, one sample a second',
      isBusy: true,
      argv: (instance) => ['atop', '-w', join(folder, `atop-${instance}`), '1'],
      // It would have the kernel account for every process of the host.
      env: { ATOPACCT: '' },
    },
    {
      name: 'monit, a check process each',
      isBusy: true,
      argv: (instance) => ['monit', '-I', '-c', monitConfig(pids, join(folder, `monit-${instance}`))],
    },
    {
      name: 'prometheus-process-exporter, asked once a second',
      isBusy: true,
      argv: (instance) => [
        'prometheus-process-exporter',
        '-procnames',
        'python3',
        `-web.listen-address=127.0.0.1:${exporterPort(instance)}`,
      ],
      visit: async (instance) => {
        await fetch(`http://127.0.0.1:${exporterPort(instance)}/metrics`).then(
          (response) => response.arrayBuffer(),
          () => null,
        );
      },
    },
    {
      name: 'pidusage + systeminformation',
      isBusy: true,
      argv: () => [process.execPath, libraries, ...pids.map(String)],
    },
  ];
}

const exporterPort = (instance) => 39_256 + instance;

/** It insists that nobody else may read its file. */
function monitConfig(pids, own) {
  const files = pids.map((pid, index) => {
    writeFileSync(`${own}-${index}.pid`, `${pid}\n`);
    return `check process p${index} with pidfile ${own}-${index}.pid if cpu > 50% for 5 cycles then alert`;
  });
  const lines = [
    'set daemon 1',
    `set pidfile ${own}.pid`,
    `set idfile ${own}.id`,
    `set statefile ${own}.state`,
    `set log ${own}.log`,
    ...files,
  ];
  writeFileSync(`${own}.rc`, `${lines.join('\n')}\n`, { mode: 0o600 });
  return `${own}.rc`;
}
