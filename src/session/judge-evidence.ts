import type { JudgeOptions } from '../core/rules/evaluate.ts';
import { lookBackMs } from '../core/rules/look-back.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { IdleproofError } from '../errors.ts';
import { EvidenceReader, type StoredEvidence } from '../evidence/read.ts';
import type { Window } from '../model/evidence.ts';
import type { ProofMaterial } from '../model/proof-format.ts';
import { sha256OfFile } from '../os/file-digest.ts';
import { prove } from './prove.ts';

export interface Judging {
  path: string;
  /** `after-chat`: the last window of that id. `after-chat@2026-11-20T14:00:00.000Z`: the one that opened then. Null: the only one. */
  window: string | null;
  /** The packs for targets of these; throws where a rule is about another one. */
  packsFor: (targets: StoredEvidence['evidence']['targets']) => RulePack[];
  options: JudgeOptions;
}

/**
 * Judges stored evidence by rules that need not be those of its own time, with the engine of a check: the proof of the same
 * evidence, rules and version has the same bytes.
 * Throws EVIDENCE_READ, EVIDENCE_NEWER, EVIDENCE_UNFINISHED, EVIDENCE_WINDOWS, EVIDENCE_DROPPED.
 */
export function judgeEvidence({ path, window: asked, packsFor, options }: Judging): ProofMaterial {
  const reader = new EvidenceReader(path);
  try {
    const windows = reader.windows().filter(({ kind }) => kind !== 'stop');
    const isCheck = windows.some(({ trigger }) => trigger === 'check' || trigger === 'measure');
    const window = choose(windows, asked, path);
    if (isCheck || window === null) {
      const { evidence, head } = reader.run();
      const stored = { evidence, head: { ...head, fileSha256: sha256OfFile(path) } };
      return prove(stored, packsFor(evidence.targets), options);
    }
    const { id, fromMs, toMs } = window;
    const span = { id, fromMs, toMs };
    const packs = packsFor(reader.targets({ ...span, lookBackMs: 0 }));
    const stored = reader.window({ ...span, lookBackMs: lookBackMs(packs) });
    return prove(stored, packs, options);
  } finally {
    reader.close();
  }
}

/** null: no window was ever closed; reading the run then says why. */
function choose(windows: readonly Window[], asked: string | null, path: string): Window | null {
  const refuse = (problem: string): never => {
    throw new IdleproofError('EVIDENCE_WINDOWS', { path, problem, windows: describe(windows) });
  };
  if (asked === null) {
    const distinct = new Set(windows.map(nameOf));
    return distinct.size > 1 ? refuse(`There are ${distinct.size} windows`) : (windows.at(-1) ?? null);
  }
  const found = windows.findLast((window) => window.id === asked || nameOf(window) === asked);
  return found ?? refuse(`There is no window «${asked}»`);
}

const nameOf = ({ id, fromMs }: Window): string => `${id}@${new Date(fromMs).toISOString()}`;

const MOST_TOLD = 10;

function describe(windows: readonly Window[]): string {
  const names = [...new Set(windows.map(nameOf))];
  const rest = names.length - MOST_TOLD;
  if (names.length === 0) return 'none';
  return `${names.slice(-MOST_TOLD).join(', ')}${rest > 0 ? ` and ${rest} before them` : ''}`;
}
