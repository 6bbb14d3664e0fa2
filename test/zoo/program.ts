import type { Program } from '../support/programs.ts';

/** Something that a program does over and over while nobody uses it. */
interface Beat {
  everySeconds: number;
}

/** What a program is known to do while nobody uses it: from its documentation and configuration, not from idleproof. */
export interface IdleTruth {
  /** It calls others; null: it does not. */
  network: Beat | null;
  /** It starts processes. */
  spawns: Beat | null;
  /** It wakes by timers of its own; `irregular`: it does, at no beat that anybody has promised. */
  timers: Beat | 'irregular' | null;
  /** The kernel keeps its connections alive. */
  keepalives: boolean;
}

/** Does nothing at all. */
export const STILL: IdleTruth = { network: null, spawns: null, timers: null, keepalives: false };

export interface Running {
  /** The one that is watched. */
  pid: number;
  /** Whom it calls. */
  calls?: Remote;
  /** It says several things to them, each at a beat of its own, so that the wire does not show the one that is known. */
  isMixed?: true;
  /** Times at which it started something, in ms since the epoch, as noted by what it started. */
  startedAtMs?: () => number[];
}

export interface Remote {
  protocol: 'tcp' | 'udp';
  port: number;
}

/** Takes a program that has been started, and gives it back; what was taken is stopped, the last first. */
type Keep = (program: Promise<Program>) => Promise<Program>;

/** A program of Debian with known idle behaviour. */
export interface ZooProgram {
  name: string;
  /** What must be installed. */
  commands: readonly string[];
  needsRoot?: true;
  truth: IdleTruth;
  /** What it does while idle, in a few words. */
  about: string;
  start(keep: Keep): Promise<Running>;
}
