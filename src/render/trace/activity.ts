import type { Activity, FieldValue, NetworkActivity } from '../../model/activity.ts';
import type { TraceProcess } from './tracks.ts';

/** Draws one activity: a connection whose life is known as a slice, everything else as an instant. */
export function drawActivity(process: TraceProcess, activity: Activity): void {
  const { atMs, collector, thread } = activity;
  const row = `${activity.kind}${thread === null ? '' : `, thread ${thread}`}`;
  const args = { collector, ...argsOf(activity) };
  const name = titleOf(activity);
  const lifeMs = activity.kind === 'network' ? (activity.lifetimeSeconds ?? 0) * 1000 : 0;
  if (lifeMs > 0) {
    const slice = { name, category: activity.kind, fromMs: atMs, toMs: atMs + lifeMs, args };
    process.slice('connections', slice);
  } else {
    process.instant(row, atMs, name, activity.kind, args);
  }
}

function titleOf(activity: Activity): string {
  switch (activity.kind) {
    case 'network':
      return `${activity.op} ${endOf(activity)}`;
    case 'process':
      return activity.exe === null ? activity.op : `${activity.op} ${activity.exe}`;
    case 'event':
      return activity.type;
    case 'log':
      return activity.category;
    default:
      return `${activity.op} ${activity.path}`;
  }
}

function endOf({ protocol, remote, localPort }: NetworkActivity): string {
  if (remote === null) return localPort === null ? protocol : `${protocol} on port ${localPort}`;
  const ip = remote.ip.includes(':') ? `[${remote.ip}]` : remote.ip;
  return `${protocol} ${ip}${remote.port === null ? '' : `:${remote.port}`}`;
}

function argsOf(activity: Activity): Record<string, string | number | boolean | null> {
  switch (activity.kind) {
    case 'network': {
      const { direction, bytesSent, bytesReceived, localPort, remote } = activity;
      return { direction, bytesSent, bytesReceived, localPort, remoteProcess: remote?.process ?? null };
    }
    case 'process':
      return { parentName: activity.parentName, exitCode: activity.exitCode };
    case 'event':
      return { source: activity.source, id: activity.id, ...dataOf(activity.data) };
    case 'log':
      return { source: activity.source, ...dataOf(activity.data) };
    default:
      return { path: activity.path };
  }
}

/** Columns and fields as rules call them, so that none can take the place of ours. */
const dataOf = (data: Readonly<Record<string, FieldValue>>): Record<string, FieldValue> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [`data.${name}`, value]));
