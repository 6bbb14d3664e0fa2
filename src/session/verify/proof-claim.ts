import type { Proof } from '../../model/proof.ts';

/** What a proof is about, in its own words: an old one, or one of another program, can hold as well. */
export interface ProofClaim {
  headline: string;
  /** Local time. */
  openedAt: string;
  host: string;
  /** The program files that it names, `path sha256:digest`; those of unknown digest are left out. */
  programs: string[];
}

/** Of a proof of any version, which may have more or less than ours. */
export function claimOf({ headline, window, host, targets }: Partial<Proof>): ProofClaim {
  const executables = (Array.isArray(targets) ? targets : []).flatMap((target) => target?.executables ?? []);
  return {
    headline: text(headline),
    openedAt: text(window?.opened.local),
    host: text(host?.name),
    programs: [
      ...new Set(
        executables.flatMap(({ path, sha256 }) => (sha256 === null ? [] : `${path} sha256:${sha256}`)),
      ),
    ],
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');
