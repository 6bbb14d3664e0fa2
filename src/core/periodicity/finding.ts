/** A period in a series of events; compare `Period` of a proof. */
export interface PeriodFinding {
  seconds: number;
  /** Where the period lies with 95 % confidence, given the model. */
  secondsInterval: { from: number; to: number };
  /** Standard deviation: of a beat from its place (clock), of an interval from the period (renewal). */
  jitterSeconds: number;
  /** Events, bursts counted once, that belong to the period. */
  beats: number;
  /** Beats that had to come while somebody looked, and did not. */
  missed: number;
  /** When a beat comes, counted from the start of the exposure, modulo the period. */
  phaseSeconds: number;
  /** In [0, 1]: how often events without a period would look as periodic as this. */
  falseAlarmProbability: number;
  /** clock: beats keep their phase, jitter does not add up. renewal: each interval begins at the last beat. */
  model: 'clock' | 'renewal';
  /** Times of the first 1,000 beats, sorted. */
  beatsMs: number[];
  /** From each of these beats to the next, but for those with a hole of the exposure between: what a histogram shows. */
  intervalsSeconds: number[];
  /**
   * Where in the period, in [0, 1), events of the whole series lie, beats or not, counted as `phaseSeconds`: what a
   * phase plot shows. Of more than 1,000 events as many, evenly spread; those outside of the exposure are left out.
   */
  phases: number[];
}

export interface PeriodOptions {
  /** Findings whose false alarm probability is above are not returned. */
  alpha?: number;
  /** What two stamps can be apart without telling anything: 1000 where they are whole seconds. Periods below 2.5 of it are not found. */
  resolutionMs?: number;
  /** At most so many periods in one series. */
  maxPeriods?: number;
}
