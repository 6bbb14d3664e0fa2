import type { Selector } from './target.ts';

/** A process, in words that are harmless and bounded. */
interface SeenProcess {
  pid: number;
  name: string;
  /** Secrets redacted. */
  cmdline: string;
}

/** A table of an app that looks like one in which it writes down what it does. */
export interface FoundTable {
  /** Real path of the database. */
  path: string;
  table: string;
  columns: { id: string | null; type: string; time: string | null };
  /** Distinct types of the newest rows, at most 50. */
  types: string[];
  /** Those of them that look like something a user did; the likeliest first. */
  userTypes: string[];
  /** How it was found: a process of the target holds the database `open`, has it `named` in its command line, or works in a folder where it is `lying`. */
  found: 'open' | 'named' | 'lying';
  /** How much it looks like an events table: 0 to 200. */
  score: number;
}

/** A folder in which the target has files open for writing. */
export interface WrittenFolder {
  path: string;
  /** Why it should not be watched as it is; null: it can be. */
  doubt: string | null;
}

/** A log that the target has open for writing. */
export interface FoundLog {
  path: string;
  /** How its newest lines can be read; null: they are ordinary text, or it may not be read. */
  format: 'perf' | 'jsonl' | null;
}

/** Another program on this machine that the target talks to or that runs in its tree. */
export interface Neighbour {
  name: string;
  pid: number;
  /** Where it listens; null: not known. */
  port: number | null;
  /** `child`: in the target's own tree; `peer`: the target has a connection to it; `listening`: it is there, and nobody is connected. */
  relation: 'child' | 'peer' | 'listening';
  /** It looks like a server of language models. */
  isModel: boolean;
}

/** What a running app shows of itself. Texts come from the app: untrusted, and bounded. */
export interface DiscoveredTarget {
  name: string;
  select: Selector;
  /** What is to be said about the selector; null: nothing. */
  selectNote: string | null;
  /** The first 20. */
  processes: SeenProcess[];
  processCount: number;
  /** TCP ports on which it listens. */
  ports: number[];
  /** Best first. */
  tables: FoundTable[];
  /** The one that is taken for its events table; null: none, or it cannot be told which. */
  events: FoundTable | null;
  logs: FoundLog[];
  folders: WrittenFolder[];
  neighbours: Neighbour[];
}

export interface Discovery {
  schemaVersion: 1;
  targets: DiscoveredTarget[];
  /** What could not be found or seen, a sentence each. */
  missing: { target: string; text: string }[];
}

/** Somebody who listens on a port, as one might want to name him. */
export interface Candidate extends SeenProcess {
  port: number;
  /** User id of the socket's owner. */
  uid: number;
}
