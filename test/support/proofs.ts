import { readFileSync } from 'node:fs';
import type { Proof } from '../../src/model/proof.ts';
import { proofTime } from '../../src/core/derive/proof-time.ts';

const golden = (name: string): Proof =>
  JSON.parse(
    readFileSync(new URL(`../fixtures/golden/${name}/proof.json`, import.meta.url), 'utf8'),
  ) as Proof;

const QUIET = golden('quiet');
const AGENT = golden('agent');

export interface ProofChoice {
  /** Epoch milliseconds. */
  openedMs: number;
  minutes?: number;
  id?: string;
  /** The findings of an agent that was found, or none. */
  agent?: boolean;
  verdict?: Proof['verdict'];
  cpu?: number | null;
  atLeast?: boolean;
  rows?: number;
}

/** A proof of the usual app, at another time. */
export function proofOf(choice: ProofChoice): Proof {
  const {
    openedMs,
    minutes = 60,
    id = 'after-chat',
    agent = false,
    cpu = 0.1,
    atLeast = false,
    rows = 42,
  } = choice;
  const base = structuredClone(agent ? AGENT : QUIET);
  const closedMs = openedMs + minutes * 60_000;
  const [opened, closed] = [proofTime(openedMs, 60), proofTime(closedMs, 60)];
  for (const finding of [...base.findings, ...base.rules.flatMap(({ findings }) => findings)]) {
    if (finding.firstAt === null) continue;
    finding.firstAt = proofTime(openedMs + 1_000, 60);
    finding.lastAt = proofTime(closedMs - 1_000, 60);
  }
  const [target] = base.targets;
  target!.metrics['cpu.percent'] = cpu === null ? null : { mean: cpu, p95: cpu, max: cpu, atLeast };
  return {
    ...base,
    verdict: choice.verdict ?? base.verdict,
    window: { ...base.window, id, opened, closed, durationSeconds: minutes * 60 },
    evidence: { ...base.evidence, rows },
  };
}
