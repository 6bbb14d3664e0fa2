import type { Activity, ActivityKind } from '../../model/activity.ts';
import type { Lane, Mark } from '../../model/charts.ts';
import type { CollectorName } from '../../model/collector.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { holds } from '../derive/spans.ts';

/** Who looks for activities of a kind. */
const COLLECTORS: Readonly<Record<ActivityKind, readonly CollectorName[]>> = {
  network: ['trace', 'sockets'],
  process: ['trace', 'processes'],
  event: ['events'],
  log: ['logs'],
  file: ['files'],
};

const KINDS: readonly ActivityKind[] = ['network', 'process', 'event', 'log', 'file'];

/** Looked for in every run. */
const ALWAYS: ReadonlySet<ActivityKind> = new Set(['network', 'process']);

const MAX_MARKS = 600;
const MAX_LABELS = 60;
const MAX_LABEL_LENGTH = 120;

/** The activities of a target, kind by kind; a kind that nobody asked for has no lane. */
export function lanesOf(evidence: Evidence, target: string, window: TimeSpan, shown: TimeSpan): Lane[] {
  const inside = evidence.activities
    .filter((one) => one.target === target && one.atMs >= shown.fromMs && one.atMs <= shown.toMs)
    .sort((a, b) => a.atMs - b.atMs);
  return KINDS.flatMap((kind) => {
    const own = inside.filter((activity) => activity.kind === kind);
    const reports = evidence.collectors.filter(
      (one) => COLLECTORS[kind].includes(one.name) && (one.target === null || one.target === target),
    );
    if (own.length === 0 && reports.length === 0 && !ALWAYS.has(kind)) return [];
    const isWatched = own.length > 0 || reports.some(({ status }) => status !== 'unavailable');
    const total = own.filter(({ atMs }) => holds(window, atMs)).length;
    return [{ kind, isWatched, total, ...marksOf(own, shown, window.fromMs) }];
  });
}

/** Those that are alike and in one 600th of the time are one mark; where that is too many, all that are in it. */
function marksOf(
  activities: readonly Activity[],
  { fromMs, toMs }: TimeSpan,
  originMs: number,
): Pick<Lane, 'marks' | 'labels'> {
  const labels = new Map<string, number>();
  const single = activities.map((activity): Mark => {
    const seconds = Math.round(activity.atMs - originMs) / 1000;
    return { seconds, count: 1, label: numberOf(labels, labelOf(activity)) };
  });
  const bucketSeconds = (toMs - fromMs) / 1000 / MAX_MARKS;
  const marks = single.length <= MAX_MARKS ? single : joined(single, bucketSeconds);
  return { marks, labels: [...labels.keys()] };
}

function numberOf(labels: Map<string, number>, label: string): number | null {
  const known = labels.get(label);
  if (known !== undefined) return known;
  if (labels.size === MAX_LABELS) return null;
  labels.set(label, labels.size);
  return labels.size - 1;
}

/** At the time of the first in each bucket. */
function joined(marks: readonly Mark[], bucketSeconds: number): Mark[] {
  const buckets: Mark[] = [];
  let last = Number.NaN;
  for (const mark of marks) {
    const bucket = Math.floor(mark.seconds / bucketSeconds);
    const open = buckets.at(-1);
    if (open !== undefined && bucket === last) {
      open.count += 1;
      if (open.label !== mark.label) open.label = null;
    } else {
      buckets.push({ ...mark });
      last = bucket;
    }
  }
  return buckets;
}

function labelOf(activity: Activity): string {
  const words = wordsOf(activity);
  return words.length > MAX_LABEL_LENGTH ? `${words.slice(0, MAX_LABEL_LENGTH - 1)}…` : words;
}

function wordsOf(activity: Activity): string {
  switch (activity.kind) {
    case 'network': {
      const { op, protocol, remote, localPort } = activity;
      if (remote === null) return `${op} ${protocol}${localPort === null ? '' : ` port ${localPort}`}`;
      const address = remote.ip.includes(':') ? `[${remote.ip}]` : remote.ip;
      const port = remote.port === null ? '' : `:${remote.port}`;
      return `${op} ${protocol} ${address}${port}${remote.process === null ? '' : ` (${remote.process})`}`;
    }
    case 'process':
      return `${activity.op} ${activity.exe ?? '(unknown program)'}`;
    case 'event':
      return `${activity.type} (${activity.source})`;
    case 'log':
      return `${activity.category} (${activity.source})`;
    default:
      return `${activity.op} ${activity.path}`;
  }
}
