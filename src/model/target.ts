import type { DerivedMetric } from './derived-metric.ts';

/** How a target is found. Exactly one way per target. */
export type Selector =
  | { by: 'pid'; pid: number }
  | { by: 'pidfile'; path: string }
  | { by: 'name'; name: string }
  | { by: 'cmdline'; pattern: string }
  | { by: 'port'; port: number }
  | { by: 'unit'; unit: string }
  | { by: 'cgroup'; cgroup: string }
  | { by: 'container'; container: string }
  /** `offline`: in a network namespace of its own, with nothing but loopback. */
  | { by: 'command'; argv: readonly string[]; offline?: boolean };

export type SelectorKind = Selector['by'];

/** Columns of the app's events table; those left out are found by themselves. */
interface EventColumns {
  id?: string | undefined;
  type?: string | undefined;
  time?: string | undefined;
}

/** The app's own events table. */
export interface EventsSource {
  sqlite: string;
  table: string;
  columns?: EventColumns | undefined;
}

/**
 * How the lines of a log are read. `perf`: those marked `[PERF]`, a JSON object or a map after the mark; the others are not
 * looked at. `jsonl`: each line is a JSON object. `regex`: those that match, by its named groups.
 */
export type LogFormat = 'perf' | 'jsonl' | { regex: string };

/** A log file that the app writes. */
export interface LogSource {
  file: string;
  format: LogFormat;
}

/** A named application part to watch: a selector plus, unless `tree` is false, its whole process tree. */
export interface TargetSpec {
  name: string;
  select: Selector;
  tree: boolean;
  events: EventsSource | null;
  /** Folders whose files nobody should write while the target is idle; left out: none. */
  files?: readonly string[];
  /** Left out: none. */
  logs?: readonly LogSource[];
  /** Metrics that follow from what it writes down, by name; left out: none. */
  derived?: Readonly<Record<string, DerivedMetric>>;
}

/** A process that may belong to a target but is not followed, and why it was noticed. */
export interface Orphan {
  pid: number;
  name: string;
  cmdline: string;
  reason: string;
  /** It started while the run went on: what it does may be the target's doing. */
  appeared: boolean;
}

/** A program file that processes of a target ran. */
export interface Executable {
  path: string;
  /** Hex. */
  sha256: string;
}

/** What a run knows of one of its targets beside its processes. */
export interface TargetReport {
  name: string;
  selector: Selector;
  events: EventsSource | null;
  /** Folders that were watched, as they were named; left out: none. */
  files?: readonly string[];
  /** Their real paths, which activities have; left out: not known. */
  folders?: readonly string[];
  /** Left out: none. */
  logs?: readonly LogSource[];
  /** Categories of lines that these logs have ever held, as far as they were read. */
  logCategories?: readonly string[];
  /** By category, the fields that its lines have ever had, where they are few enough to be known whole; left out: not known at all. */
  logFields?: Readonly<Record<string, readonly string[]>>;
  /** Left out: none. */
  derived?: Readonly<Record<string, DerivedMetric>>;
  /**
   * The network namespace that holds this target and nothing else, as counter readings name it; left out where it shares one.
   * Whatever is counted in there is the target's.
   */
  ownNetwork?: string;
  /** What its processes ran, as far as it could be read; left out by versions that did not. */
  executables?: readonly Executable[];
  /** What the run could not follow, in words for the headline. */
  orphans: Orphan[];
  /** Further limits of the view, in words. */
  notes: string[];
}
