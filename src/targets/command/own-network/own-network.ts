import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeControls } from '../../../core/parse/escape-controls.ts';
import { IdleproofError } from '../../../errors.ts';
import { KeptNamespace } from '../../../os/kept-namespace.ts';
import { networkScopeOf } from '../../../os/network-scope.ts';
import { OwnNetwork } from '../../../os/own-network.ts';
import { Procfs } from '../../../os/procfs.ts';
import type { StartedCommand } from '../started-command.ts';
import { listenerCommand, offlineStages } from './launcher.ts';
import { findNetworkTools, type NetworkTools } from './tools.ts';

const POLL_MS = 2;
const LAUNCH_LIMIT_MS = 10_000;
const LISTEN_LIMIT_MS = 2_000;
const NO_LISTENER = 'ss and stdbuf are needed to learn whom short connections went to';

const isRoot = (): boolean => process.geteuid?.() === 0;

/** How a command comes into a network namespace of its own. */
export interface OfflineLaunch {
  tools: NetworkTools;
  /** What to start instead of the command. */
  argv: string[];
  /** Command lines that the process has until the command runs. */
  stages: string[][];
}

/** Throws an IdleproofError where this host or this user cannot have a network namespace. Leaves nothing behind. */
export function assertOffline(): void {
  if (process.platform !== 'linux') {
    throw new IdleproofError('PLATFORM_UNSUPPORTED', { platform: process.platform });
  }
  const { argv, tools } = launchOffline([]);
  const [file, ...args] = argv;
  const rest = [...args, tools.sh, '-c', ':'];
  const { status, stderr, error } = spawnSync(file ?? '', rest, {
    encoding: 'utf8',
    timeout: LAUNCH_LIMIT_MS,
  });
  if (status === 0) return;
  const said = error?.message ?? stderr.trim().split('\n').slice(-2).join('; ');
  const problem = escapeControls(said === '' ? `${file} failed` : said).replace(/\.$/, '');
  throw new IdleproofError('OFFLINE_REFUSED', { problem });
}

/** How a command is started in a network of its own, and what a look sees it run on the way there. */
export function launchOffline(command: readonly string[]): OfflineLaunch {
  const tools = findNetworkTools();
  const stages = offlineStages(tools, isRoot(), command);
  return { tools, argv: stages[0], stages };
}

/**
 * Waits until the command itself runs in its network; returns that, with a listener at work. null when the command has ended
 * before it had one.
 */
export async function untilOffline(
  { tools, stages }: OfflineLaunch,
  command: Pick<StartedCommand, 'pid' | 'exited'>,
  nowMs: () => number,
): Promise<OwnNetwork | null> {
  const procfs = new Procfs();
  const { pid } = command;
  const launching = stages.map((argv) => `${argv.join('\0')}\0`);
  const limitMs = performance.now() + LAUNCH_LIMIT_MS;
  let namespace: KeptNamespace | null = null;
  for (;;) {
    // Empty in the middle of exec(2), and when it has ended.
    const cmdline = procfs.read(`${pid}/cmdline`) ?? '';
    const stage = launching.indexOf(cmdline);
    // Kept as early as possible: a command may leave its work to a daemon and end at once.
    if (namespace === null && cmdline !== '' && stage !== 0) namespace = keep(procfs, pid);
    if (command.exited() !== null || (cmdline !== '' && stage < 0)) break;
    if (performance.now() > limitMs) {
      namespace?.close();
      throw new IdleproofError('OFFLINE_REFUSED', { problem: 'the command was not started in time' });
    }
    await sleep(POLL_MS);
  }
  if (namespace === null) return null;
  const listenIn = (member: number): string[] => listenerCommand(tools, isRoot(), member) ?? [];
  const isTold = listenIn(pid).length > 0;
  const network = new OwnNetwork(namespace, isTold ? listenIn : NO_LISTENER, nowMs);
  if (command.exited() === null) {
    network.listen(pid);
    await untilListening(procfs, network);
  }
  return network;
}

/** null: the process has ended. */
function keep(procfs: Procfs, pid: number): KeptNamespace | null {
  const scope = networkScopeOf(procfs, pid);
  try {
    return scope === null ? null : new KeptNamespace(scope, pid);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EINVAL' || code === 'ESRCH') return null;
    throw error;
  }
}

/** It is listening when the namespace has a netlink socket of its in all four groups; see sock_diag(7). */
async function untilListening(procfs: Procfs, network: OwnNetwork): Promise<void> {
  const limitMs = performance.now() + LISTEN_LIMIT_MS;
  while (network.listenerPid !== null && performance.now() < limitMs) {
    const table = procfs.read(`${network.listenerPid}/net/netlink`) ?? '';
    const isInside = networkScopeOf(procfs, network.listenerPid) === network.namespace.scope;
    if (isInside && /^\w+\s+4\s+\d+\s+0000000f\s/m.test(table)) return;
    await sleep(POLL_MS);
  }
}
