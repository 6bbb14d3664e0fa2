import type { NetworkTools } from './tools.ts';

/**
 * Runs in the new network namespace: $1 is `ip`, $2 a command that drops what was needed for that; the rest is the command,
 * as it was given. All addresses are local there, so that a call to another machine is refused by this one, which a socket
 * shows, instead of having no route, which only a counter does. A host can have IPv6 switched off.
 */
const PREPARE = `set -e
ip=$1
shift
"$ip" link set lo up
"$ip" route add local default dev lo
"$ip" -6 route add local default dev lo 2>/dev/null || :
exec "$@"`;

/**
 * No further network namespace can be made in this user namespace, nor in those below it: what is counted here is all that
 * there is. Root has no user namespace of its own, in which this would concern nobody else.
 */
const SEAL = `echo 0 > /proc/sys/user/max_net_namespaces
`;

/** Ignored by the listener, since the terminal sends them to the watchdog's whole process group. */
const LISTEN = `trap '' INT HUP
exec "$@"`;

const NAME = 'idleproof-offline';

/**
 * The stages by which one process becomes the command, in a network namespace of its own: each replaces the one before, so that
 * pid and session stay. An ordinary user needs a user namespace for it, in which user and group stay what they are; the
 * capabilities that come with it are given back before the command runs, and root keeps its own.
 * The command ends when the watchdog is killed: nobody else could reach it there.
 */
export function offlineStages(
  tools: NetworkTools,
  isRoot: boolean,
  argv: readonly string[],
): [string[], string[], string[]] {
  const { unshare, sh, ip, setpriv } = tools;
  const drop = isRoot ? [] : ['--inh-caps=-all', '--ambient-caps=-all'];
  const last = [setpriv, ...drop, '--pdeathsig', 'TERM', '--', ...argv];
  const prepare = [sh, '-c', isRoot ? PREPARE : `${SEAL}${PREPARE}`, NAME, ip, ...last];
  const first = [
    unshare,
    ...(isRoot ? [] : ['--user', '--map-current-user', '--keep-caps']),
    '--net',
    '--',
    ...prepare,
  ];
  return [first, prepare, last];
}

/**
 * A listener in the network namespace of a process, which tells of each TCP and UDP socket that is destroyed there; null where
 * the programs for it are missing. It is killed when the watchdog is.
 */
export function listenerCommand(tools: NetworkTools, isRoot: boolean, pid: number): string[] | null {
  const { sh, nsenter, setpriv, stdbuf, ss } = tools;
  if (ss === null || stdbuf === null) return null;
  const enter = [nsenter, ...(isRoot ? [] : ['--user', '--preserve-credentials']), '--net'];
  const die = [setpriv, '--pdeathsig', 'KILL', '--'];
  // Without a terminal it would keep its lines until it has many.
  const tell = [stdbuf, '-oL', ss, '-E', '-H', '-n', '-O', '-t', '-u', '-i', '-e'];
  return [sh, '-c', LISTEN, NAME, ...enter, '--target', `${pid}`, '--', ...die, ...tell];
}
