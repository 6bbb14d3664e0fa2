import type { Availability, CollectorName, CollectorSet } from '../../model/collector.ts';
import type { Circumstances } from './circumstances.ts';

/** A way to see more. */
export interface Lift {
  /** Collectors that it would lift. */
  collectors: CollectorName[];
  /** What is gained. */
  gives: string;
  /** What to type. */
  command: string;
}

type Seen = readonly (Availability & { name: CollectorName })[];

/** Those that permissions can lift: the others are about what the user named. */
const OF_PROCESSES: ReadonlySet<CollectorName> = new Set([
  'cpu',
  'memory',
  'wakeups',
  'io',
  'processes',
  'sockets',
]);

interface Situation extends Circumstances {
  /** Collectors that do not see everything of the targets' processes. */
  poor: CollectorName[];
  /** There is no kernel trace, or not a whole one. */
  untraced: boolean;
  /** There is none. */
  traceless: boolean;
}

type Offer = (situation: Situation) => Lift | null;

const asRoot: Offer = ({ userId, poor, untraced }) =>
  userId === 0 || (poor.length === 0 && !untraced)
    ? null
    : {
        collectors: [...poor, ...(untraced ? (['trace'] as const) : [])],
        gives: "the kernel's own record of every connection and process, and every user's descriptors",
        command: 'sudo idleproof check …',
      };

const asTargetsUser: Offer = ({ userId, targetUserIds, poor }) => {
  const [owner, ...others] = targetUserIds;
  const isOther = owner !== undefined && owner !== 0 && owner !== userId && others.length === 0;
  if (userId === 0 || !isOther || poor.length === 0) return null;
  return {
    collectors: poor,
    gives: "the target's descriptors, sockets, PSS and storage bytes, without root",
    command: `sudo -u '#${owner}' idleproof check …`,
  };
};

const byCapabilities: Offer = ({ userId, poor }) =>
  userId === 0 || poor.length === 0
    ? null
    : {
        collectors: poor,
        gives:
          'the descriptors, sockets, PSS and storage bytes of all users, for whoever may run that copy of node',
        command:
          'cp "$(which node)" ./node-idleproof && sudo setcap cap_sys_ptrace,cap_dac_read_search+ep ./node-idleproof',
      };

const byGroup: Offer = ({ userId, processesHidden, seeingGroup }) =>
  userId === 0 || !processesHidden
    ? null
    : {
        collectors: ['wakeups', 'processes', 'sockets'],
        gives: 'the processes of other users, which /proc hides (hidepid)',
        command:
          seeingGroup === null
            ? 'sudo mount -o remount,gid=GROUP /proc   # GROUP: one that you belong to'
            : `sudo usermod -aG "$(getent group ${seeingGroup} | cut -d: -f1)" "$USER"   # and log in again`,
      };

const inContainer: Offer = ({ userId, container, poor, untraced }) => {
  if (userId !== 0 || !container || (poor.length === 0 && !untraced)) return null;
  return untraced
    ? {
        collectors: [...poor, 'trace'],
        gives: "the kernel's own record of every connection and process",
        command: 'docker run --privileged … (or -v /sys/kernel/tracing:/sys/kernel/tracing)',
      }
    : {
        collectors: poor,
        gives: "other users' descriptors",
        command: 'docker run --cap-add SYS_PTRACE --cap-add DAC_READ_SEARCH …',
      };
};

const byMount: Offer = ({ userId, container, traceless }) =>
  userId !== 0 || container || !traceless
    ? null
    : {
        collectors: ['trace'],
        gives: "the kernel's own record of every connection and process",
        command:
          'mount -t tracefs tracefs /sys/kernel/tracing   # in a systemd unit: ProtectKernelTunables=no',
      };

const byKoffi: Offer = ({ native }) =>
  native
    ? null
    : {
        collectors: ['cpu', 'sockets'],
        gives: 'CPU clocks that lose nothing and bytes on open connections, at a fraction of the cost',
        command:
          'npm ci --include=optional   # in a checkout; or install the package again with --include=optional',
      };

const offline: Offer = ({ untraced, userNamespaces, userId }) => {
  if (!untraced) return null;
  const gives = 'every packet of a command that the check starts, exactly, without privileges';
  const collectors: CollectorName[] = ['sockets'];
  if (userNamespaces !== false || userId === 0) {
    return { collectors, gives, command: 'idleproof check --offline … -- command args' };
  }
  const allow =
    'sudo sysctl user.max_user_namespaces=10000 kernel.apparmor_restrict_unprivileged_userns=0   # then check --offline';
  return { collectors, gives, command: allow };
};

const NATIVE: Lift = {
  collectors: ['cpu', 'wakeups', 'sockets', 'trace'],
  gives: 'what only the collectors of this platform see',
  command: 'idleproof check --collectors auto …',
};

/** In the order in which they are worth trying. */
const OFFERS: readonly Offer[] = [
  asRoot,
  asTargetsUser,
  byCapabilities,
  byGroup,
  inContainer,
  byMount,
  byKoffi,
  offline,
];

/** What would let one see more here; empty where nothing is left to gain. */
export function liftsFor(seen: Seen, circumstances: Circumstances, set: CollectorSet): Lift[] {
  if (set === 'portable') return [NATIVE];
  const trace = seen.find(({ name }) => name === 'trace');
  const poor = seen.filter(({ name, status }) => OF_PROCESSES.has(name) && status !== 'ok');
  const situation: Situation = {
    ...circumstances,
    poor: [...new Set(poor.map(({ name }) => name))],
    untraced: trace?.status !== 'ok',
    traceless: trace === undefined || trace.status === 'unavailable',
  };
  return OFFERS.flatMap((offer) => offer(situation) ?? []);
}
