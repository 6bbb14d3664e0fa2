import type { RunInfo, Window } from '../../../model/evidence.ts';
import { exposedAccepts } from '../../coverage/exposed-accepts.ts';
import { exposedNetwork } from '../../coverage/exposed-network.ts';
import { exposedProcesses } from '../../coverage/exposed-processes.ts';
import { exposedPrograms } from '../../coverage/exposed-programs.ts';
import type { Exposure } from '../../coverage/exposure.ts';
import { loopGaps } from '../../derive/timeline.ts';
import { spell } from '../../wording/amounts.ts';
import { sayProcess } from '../../wording/process.ts';
import type { Claim } from '../claim.ts';
import { couldHave } from '../conditions/could-have.ts';
import type { ActivityRule } from '../pack.ts';
import { uncaught } from './controls.ts';

/** What a claim may still say although it rests on looks alone. */
export interface Sampling {
  /** `counter` where nothing was missed. */
  tier: 'counter' | 'sampled';
  /** Why it says too little; null where it may be made. */
  doubt: string | null;
  /** What the user accepted, for the reader; null where nothing had to be. */
  accepted: string | null;
}

/** No counter tells of a port that was opened and closed again between two looks. */
const UNCOUNTED_LISTENING =
  'a port that was opened and closed again between two looks is not counted anywhere';

/** What is advised where looks are closer together than that. */
const USUALLY_ACCEPTED_MS = 1_000;

/** What not even a trace tells: a connection that was accepted and never touched. null: nothing, or the rule is not about it. */
export function untouchedAccepts({ evidence, target, window, rule }: Claim<ActivityRule>): string | null {
  if (rule.activity !== 'network') return null;
  const isAbout =
    couldHave('network', rule.match, 'direction', 'inbound') &&
    couldHave('network', rule.match, 'op', 'accept') &&
    couldHave('network', rule.match, 'protocol', 'tcp');
  const exposure = isAbout ? exposedAccepts(evidence, target, window) : null;
  return exposure === null || exposure.tier === 'counter' ? null : exposure.reason;
}

/** An absence about network or processes that was only sampled: whether something could have been missed. */
export function samplingOf(claim: Claim<ActivityRule>): Sampling {
  const exposure = exposureOf(claim);
  if (exposure === null) return { tier: 'sampled', doubt: null, accepted: null };
  if (exposure.tier === 'counter') {
    const [missed] = exposure.ran ? uncaught(claim, claim.rule.activity, 'counters') : [];
    return { tier: 'counter', doubt: missed ?? null, accepted: null };
  }
  const refused = whyNotAccepted(claim);
  if (refused !== null) return { tier: 'sampled', doubt: `${exposure.reason}; ${refused}`, accepted: null };
  return { tier: 'sampled', doubt: null, accepted: acceptance(claim) };
}

/** Why looks a tick apart do not satisfy what the user accepted; null where they do. */
export function whyNotAccepted({ acceptSampledMs, evidence, window, target }: Claim): string | null {
  const { tickMs } = evidence.run;
  if (acceptSampledMs === null) return wayOut(window, evidence.run);
  if (acceptSampledMs < tickMs) {
    return `a life of ${spell(acceptSampledMs)} was to be seen, and looks are ${spell(tickMs)} apart`;
  }
  const strangers = evidence.targets.find(({ name }) => name === target)?.orphans ?? [];
  const stranger = strangers.find(({ appeared }) => appeared);
  if (stranger !== undefined) {
    return `${sayProcess(stranger)} may belong to it and lived longer than what was accepted: ${stranger.reason}`;
  }
  return loopGaps(evidence, window).length === 0 ? null : 'sampling cannot be accepted across a gap';
}

/** How to accept it, in words that work: a life is seen only where it lasts from look to look, and not every command has such an option. */
function wayOut({ trigger }: Window, { tickMs, isPhaseGate }: RunInfo): string {
  const ms = Math.max(USUALLY_ACCEPTED_MS, tickMs);
  const duration = ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
  if (isPhaseGate === true) return `acceptSampled: ${duration} in its gates.yaml would accept that`;
  return trigger === 'check'
    ? `--accept-sampled ${duration} would accept that`
    : `acceptSampled: ${duration} in the rule would accept that`;
}

/** What a pass that rests on accepted sampling says. */
export function acceptance({ acceptSampledMs }: Claim): string {
  return `what lived shorter than ${spell(acceptSampledMs ?? 0)} may have been missed, which was accepted`;
}

/** null: what the rule looks for lasts, so that looks see it. */
function exposureOf({ evidence, target, window, rule }: Claim<ActivityRule>): Exposure | null {
  if (rule.activity === 'network') {
    const inbound = couldHave('network', rule.match, 'direction', 'inbound');
    const exposure = exposedNetwork(evidence, target, window, inbound);
    const listens = inbound && couldHave('network', rule.match, 'op', 'listen');
    return listens && exposure.ran ? { ...exposure, tier: 'sampled', reason: UNCOUNTED_LISTENING } : exposure;
  }
  if (rule.activity !== 'process') return null;
  const [isAboutStarts = false, isAboutEnds] = ['spawn', 'exit'].map((op) =>
    couldHave('process', rule.match, 'op', op),
  );
  if (!isAboutStarts && !isAboutEnds && window.kind === 'stop') return null;
  const exposure = exposedProcesses(evidence, target, window);
  if (!isAboutStarts || exposure.tier === 'sampled' || !exposure.ran) return exposure;
  const programs = exposedPrograms(evidence, target, window);
  return programs.tier === 'sampled' ? programs : exposure;
}
