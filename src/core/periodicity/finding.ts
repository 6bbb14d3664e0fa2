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
  /** Times of the beats, sorted: what a phase plot draws. */
  beatsMs: number[];
}

export interface PeriodOptions {
  /** Findings whose false alarm probability is above are not returned. */
  alpha?: number;
  /** What two stamps can be apart without telling anything: 1000 where they are whole seconds. Periods below 2.5 of it are not found. */
  resolutionMs?: number;
  /** At most so many periods in one series. */
  maxPeriods?: number;
}
