import { type GapDensity, gapDensity } from './gap-density.ts';

/** Chance, after each beat, that the chain pauses; a pause lasts two mean gaps on average. */
export const PAUSE = 0.01;

/** One hypothesis: a renewal chain hidden in random arrivals. The period is in mean gaps. */
export interface ChainModel {
  period: number;
  /** Standard deviation of an interval, in periods. */
  jitter: number;
  /** Chance of each beat to be lost. */
  lost: number;
  gaps: GapDensity;
  /** Rate of the chain's events. */
  beatRate: number;
  /** Narrow models are many, and noise fits one of them sooner: what their evidence is lessened by. */
  price: number;
}

/** A timer by its period, its jitter and the share of its beats that are lost; `gaps`: left out, those that follow from the two. */
export function chainModel(period: number, jitter: number, lost: number, gaps?: GapDensity): ChainModel {
  const beatRate = (1 - lost) / period;
  return {
    period,
    jitter,
    lost,
    gaps: gaps ?? gapDensity(jitter, lost),
    beatRate,
    price: PRICE * Math.log(WIDEST / jitter),
  };
}

/** Some random arrivals there always are, and a dead time never takes all of the time: shares of what there is. */
const LEAST = { noise: 0.02, alive: 0.1 };

/**
 * Random arrivals around a chain.
 * @param rate of all arrivals together there, by the mean gap of the series
 * @returns their rate; and the mean gap between them, since the collapse leaves none in the dead time after an event, so that those left are denser elsewhere
 */
export function noiseAround(
  { beatRate }: ChainModel,
  rate: number,
  deadTime: number,
): { noiseRate: number; noiseGap: number } {
  const noiseRate = Math.max(LEAST.noise * rate, rate - beatRate);
  return { noiseRate, noiseGap: Math.max(LEAST.alive, 1 - rate * deadTime) / noiseRate };
}

const JITTERS = [0.03, 0.06, 0.12, 0.2, 0.3];
const WIDEST = 0.3;
/** By trial: at 1 the whole number of periods would be paid for, which loses more narrow chains than it gains wide ones. */
const PRICE = 0.5;
const LOST = [0.03, 0.12, 0.25, 0.4, 0.55];
/** In mean gaps; neighbours are `step` jitters apart. */
const PERIODS = { from: 0.3, to: 8, step: 0.75 };

/** The hypotheses that are tried on every series, by jitter: periods in steps of most of the jitter, two losses each. */
export const CHAIN_MODELS: ReadonlyMap<number, readonly ChainModel[]> = new Map(
  JITTERS.map((jitter) => [jitter, modelsOf(jitter)]),
);

function modelsOf(jitter: number): ChainModel[] {
  const gaps = new Map(LOST.map((lost) => [lost, gapDensity(jitter, lost)]));
  const models: ChainModel[] = [];
  for (let period = PERIODS.from; period <= PERIODS.to; period *= Math.exp(PERIODS.step * jitter)) {
    for (const lost of lossesAt(period)) models.push(chainModel(period, jitter, lost, gaps.get(lost)));
  }
  return models;
}

/** A chain shorter than the mean gap must lose beats; one that is longer may. */
function lossesAt(period: number): number[] {
  const least = LOST.findIndex((lost) => lost >= 0.94 - period);
  if (least === -1) return LOST.slice(-1);
  const next = (LOST[least] as number) < 0.25 ? 2 : least + 1;
  return [...new Set([LOST[least] as number, LOST[next] ?? (LOST[least] as number)])];
}
