import type { ReadyCondition } from '../parse/ready.ts';
import type { Better } from './baseline/direction.ts';

/** Requests to a server. */
export interface HttpSpec {
  kind: 'http';
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  concurrency: number;
  amount: { requests: number } | { durationMs: number };
  timeoutMs: number;
}

/** The chat API of an OpenAI-compatible server. `cold`: the first request; `warm`: those after it. */
export interface TtftSpec {
  kind: 'ttft';
  url: string;
  headers: Readonly<Record<string, string>>;
  prompt: string;
  model: string | null;
  maxTokens: number;
  /** Warm ones. */
  runs: number;
  states: readonly ('cold' | 'warm')[];
  timeoutMs: number;
}

/** A page in a browser; null: the network as it is, any browser that is installed. */
interface PageSpec {
  kind: 'page';
  url: string;
  runs: number;
  downBitsPerSecond: number | null;
  upBitsPerSecond: number | null;
  latencyMs: number;
  browser: string | null;
  timeoutMs: number;
}

/** Files by name of their group; an empty name: they need none. */
interface SizeSpec {
  kind: 'size';
  folder: string;
  groups: readonly { name: string | null; pattern: string }[];
}

/** A command that prints numbers; `unit` of those without one. */
interface RunSpec {
  kind: 'run';
  argv: readonly string[];
  runs: number;
  unit: string;
  timeoutMs: number;
}

/** A command from its start until it is ready, with what is in the page cache (`warm`) or without it. */
export interface StartupSpec {
  kind: 'startup';
  argv: readonly string[];
  ready: ReadyCondition;
  runs: number;
  states: readonly ('cold' | 'warm')[];
  timeoutMs: number;
}

/** What is measured, as a file describes it. */
export type ProbeSpec = HttpSpec | TtftSpec | PageSpec | SizeSpec | RunSpec | StartupSpec;

/** A measurement that a daemon takes when its time comes. */
export interface ScheduledMeasurement {
  id: string;
  /** The configured target that it uses; null: none in particular. */
  target: string | null;
  cron: string;
  /** IANA name; null: that of the host. */
  timezone: string | null;
  /** Which way the numbers that a command tells are better; null: nobody said. */
  better: Better | null;
  probe: ProbeSpec;
}
