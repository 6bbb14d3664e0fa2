import type { Completion } from '../../core/measure/completion.ts';
import { redactCmdline } from '../../core/parse/cmdline.ts';
import { statisticsOf } from '../../core/measure/statistics.ts';
import { counted, quantity, short } from '../../core/wording/amounts.ts';
import { IdleproofError } from '../../errors.ts';
import { askOnce, type CompletionRequest } from '../../measure/chat-completion.ts';
import type { TargetSpec } from '../../model/target.ts';
import type { Found, ProbeContext, UsingProbe } from './plan.ts';
import { bodyDigestOf, pathOf } from './request-conditions.ts';
import type { Sampling } from './sampling.ts';
import { BYTES } from '../../model/dimension.ts';

/** `cold`: the first request, which may have to load the model. `warm`: those after it. */
type ModelState = 'cold' | 'warm';

export interface TtftPlan {
  request: CompletionRequest;
  /** Warm ones. */
  runs: number;
  states: readonly ModelState[];
  /** Who answers; null: nobody that can be looked at. */
  server: TargetSpec | null;
  id: string | null;
}

/** A model that was loaded takes at least so much memory. */
const LEAST_MODEL_BYTES = 10_000_000;
/** What the server's clock and ours may be apart by: scheduling. */
const CROSS_CHECK_SECONDS = 0.02;

/** Time to the first token, and what comes after it. */
export function probeTtft(plan: TtftPlan): UsingProbe {
  return async (context) => {
    const { signal, sample, announce, onProgress, note } = context;
    const sampling = plan.server === null ? null : sample(plan.server);
    if (sampling !== null) announce(sampling.processes);
    const all = plan.states.includes('warm') ? plan.runs + 1 : 1;
    sampling?.look(true);
    const first = await ask(plan, signal);
    sampling?.look(true);
    const grownBytes = grownBy(sampling);
    const warm: Completion[] = [];
    while (warm.length + 1 < all && !signal.aborted) {
      onProgress(warm.length + 1, all);
      warm.push(await ask(plan, signal));
      sampling?.look(false);
    }
    sampling?.look(true);
    refuseNothing([first, ...warm]);
    sayServerSide([first, ...warm], note);
    return {
      measurements: plan.states.flatMap((state) =>
        foundOf(
          plan,
          state,
          state === 'cold' ? [first] : warm,
          problemOf(plan, state, { first, warm, grownBytes }),
        ),
      ),
      conditions: {
        path: pathOf(plan.request.url),
        requestBytes: Buffer.byteLength(plan.request.body),
        request: bodyDigestOf(plan.request.body),
      },
      facts: {
        url: redactCmdline([plan.request.url]),
        runs: plan.runs,
        memoryGrownByFirstBytes: grownBytes,
        first,
        warm,
      },
    };
  };
}

async function ask({ request }: TtftPlan, signal: AbortSignal): Promise<Completion> {
  try {
    return await askOnce(request, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new IdleproofError('MEASURE_NO_ANSWER', { url: request.url, problem: code ?? message }, error);
  }
}

/** null: not known. */
function grownBy(sampling: Sampling | null): number | null {
  const usage = sampling?.usage();
  if (usage == null || usage.pssBytesBefore === null || usage.pssBytesAfter === null) return null;
  return usage.pssBytesAfter - usage.pssBytesBefore;
}

/** Not one whole streamed answer: there is no first token to tell of. */
function refuseNothing(completions: readonly Completion[]): void {
  if (completions.some(({ outcome }) => outcome === 'whole')) return;
  const [{ outcome, problem } = { outcome: 'empty', problem: null }] = completions;
  throw new IdleproofError('MEASURE_ANSWER', {
    problem: problem ?? outcome,
    hint: HINTS[outcome] ?? HINTS['foreign'] ?? '',
  });
}

const HINTS: Readonly<Record<string, string>> = {
  refused: 'Does it need --model, or a --header with a key? curl with the same body shows what it says.',
  errorBody: 'The server took the request and failed: its own log should say why.',
  notStreamed: 'The server does not stream: `measure http` measures whole answers.',
  broken: 'Did the server end, or is there a proxy in between that cuts long answers?',
  empty: 'Is --max-tokens large enough, and the prompt one that it answers?',
  foreign: 'The address should be that of a chat API, such as http://127.0.0.1:8080/v1/chat/completions.',
};

interface Answers {
  first: Completion;
  warm: readonly Completion[];
  grownBytes: number | null;
}

/** Why the answers in a state must not be gone by; null: they may be. */
function problemOf(plan: TtftPlan, state: ModelState, { first, warm, grownBytes }: Answers): string | null {
  const answers = state === 'cold' ? [first] : warm;
  const failed = answers.filter(({ outcome }) => outcome !== 'whole');
  const [one] = failed;
  if (one !== undefined)
    return `${failed.length} of ${counted(answers.length, 'request')} failed: ${one.outcome}: ${one.problem ?? ''}`;
  if (state === 'warm' && warm.length < plan.runs) return 'it was interrupted';
  if (state === 'cold' && grownBytes !== null && grownBytes < LEAST_MODEL_BYTES)
    return `the memory of the server grew by only ${quantity(Math.max(0, grownBytes), BYTES)} with the first request: the model was there already`;
  return null;
}

function foundOf(
  { id: given, states }: TtftPlan,
  state: ModelState,
  answers: readonly Completion[],
  problem: string | null,
): Found[] {
  const own = state === 'cold' || states.length > 1 ? [given, state] : [given];
  const id = own.filter((part) => part !== null).join('.') || null;
  const whole = answers.filter(({ outcome }) => outcome === 'whole');
  const many = (name: string, of: (answer: Completion) => readonly (number | null)[]): Found[] => {
    const values = whole.map((answer) => of(answer).filter((value) => value !== null));
    const missing = values.filter((one) => one.length === 0).length;
    const unknown = unknownOf(whole, missing);
    // Between the tokens of answers of one token each there is nothing to tell of.
    if (unknown !== null && missing === whole.length && !whole.some(({ cameAtOnce }) => cameAtOnce))
      return [];
    return [{ name, id, ...statisticsOf(values.flat()), problem: problem ?? unknown }];
  };
  return [
    ...many('ttft', ({ ttftSeconds }) => [ttftSeconds]),
    ...many('ttft.firstChunk', ({ firstChunkSeconds }) => [firstChunkSeconds]),
    ...many('ttft.perToken', ({ perTokenSeconds }) => [perTokenSeconds]),
    ...many('ttft.gap', ({ gapsSeconds }) => gapsSeconds),
    ...many('ttft.total', ({ totalSeconds }) => [totalSeconds]),
    ...many('ttft.rate', ({ tokensPerSecond }) => [tokensPerSecond]),
  ];
}

/** Why the values of some answers do not stand for all. @param missing how many answers have none */
function unknownOf(whole: readonly Completion[], missing: number): string | null {
  if (missing === 0) return null;
  const atOnce = whole.filter(({ cameAtOnce }) => cameAtOnce).length;
  if (atOnce > 0)
    return `in ${atOnce} of ${counted(whole.length, 'answer')} all tokens came at once: does a proxy buffer them?`;
  return `${missing} of ${counted(whole.length, 'answer')} had but one token`;
}

/** What the server tells of itself: tokens, a cached prompt, and times that ours should agree with. */
function sayServerSide(answers: readonly Completion[], note: ProbeContext['note']): void {
  const whole = answers.filter(({ outcome }) => outcome === 'whole');
  if (whole.some(({ tokensAre }) => tokensAre === 'chunks'))
    note('the server does not tell how many tokens it made: chunks are counted instead');
  const cached = whole.filter(
    ({ cachedTokens, timings }) => (timings?.cachedTokens ?? cachedTokens ?? 0) > 0,
  );
  if (cached.length > 0)
    note(
      `in ${cached.length} of ${counted(whole.length, 'answer')} the prompt, or a part of it, was cached: the first token came without reading it`,
    );
  const one = whole.find(
    ({ timings, ttftSeconds }) =>
      timings?.promptSeconds != null &&
      ttftSeconds !== null &&
      timings.promptSeconds > ttftSeconds + CROSS_CHECK_SECONDS,
  );
  if (one !== undefined)
    note(
      `the server says that it read the prompt for ${short(one.timings?.promptSeconds ?? 0)} s, and its first token came after ${short(one.ttftSeconds ?? 0)} s: the two do not agree`,
    );
}
