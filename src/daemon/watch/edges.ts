import type { CollectorReport, HostNoise, SelfReport } from '../../model/evidence.ts';
import type { Procfs } from '../../os/procfs.ts';
import { measureHostNoise } from '../../session/host-noise.ts';
import type { Recorder } from '../../session/recorder.ts';
import { measureSelf } from '../../session/self-usage.ts';
import { StretchReports } from '../../session/stretch-reports.ts';
import type { Known, WatchSetup } from '../../session/watch-setup.ts';
import type { Measurements } from './measurements.ts';
import { EVIDENCE_LOST, type PatientStore } from '../patient-store.ts';

export interface EdgesParts {
  setup: Pick<WatchSetup, 'report' | 'canary' | 'forgetTold'>;
  recorder: Pick<Recorder, 'document'>;
  procfs: Procfs;
  store: Pick<PatientStore, 'lost'>;
  /** null: nobody announces any. */
  measurements: Pick<Measurements, 'cut'> | null;
}

/** Writes down, at each edge of a window, what holds for the stretch since the edge before. */
export class Edges {
  readonly #parts: EdgesParts;
  readonly #reports: StretchReports;
  readonly #flawsAtStart: number;
  #flaws: number;
  #notes: string[] = [];
  #usage: (connectionsOpened: number) => SelfReport;
  #noise: () => HostNoise | null;
  #connectionsBefore = 0;
  #lostBefore: number;

  /** @param firstLookMs where the first stretch begins */
  constructor(parts: EdgesParts, firstLookMs: number) {
    const { setup, procfs, store } = parts;
    this.#parts = parts;
    this.#reports = new StretchReports(firstLookMs);
    this.#usage = measureSelf();
    this.#noise = measureHostNoise(procfs);
    this.#lostBefore = store.lost;
    this.#flawsAtStart = flawsOf(setup.report().collectors);
    this.#flaws = this.#flawsAtStart;
  }

  /** For the readers of every window that lies in the stretch until the next edge, wholly or in part. */
  note(text: string): void {
    if (!this.#notes.includes(text)) this.#notes.push(text);
  }

  /** Whether collectors saw less at the last edge than at the beginning. */
  get isWorse(): boolean {
    return this.#flaws > this.#flawsAtStart;
  }

  /** Whether all collectors could read everything when the watch began. */
  get isWhole(): boolean {
    return this.#flawsAtStart === 0;
  }

  /** @param known what is known by now; left out: what the collectors tell */
  cut(nowMs: number, known: Known = this.#parts.setup.report()): void {
    const { setup, recorder, procfs, measurements } = this.#parts;
    measurements?.cut(nowMs);
    const isLost = this.#lostSince() > 0;
    const opened = setup.canary?.connectionsOpened ?? 0;
    const self = this.#usage(opened - this.#connectionsBefore);
    this.#connectionsBefore = opened;
    recorder.document(
      'stretch',
      this.#reports.cut(nowMs, {
        ...known,
        collectors: isLost ? known.collectors.map(spoilt) : known.collectors,
        self,
        noise: this.#noise(),
        notes: this.#notes.splice(0),
      }),
    );
    setup.forgetTold();
    this.#usage = measureSelf();
    this.#noise = measureHostNoise(procfs);
    this.#flaws = flawsOf(known.collectors);
  }

  /** Rows that could not be written since the edge before: no collector vouches for this stretch. */
  #lostSince(): number {
    const { lost } = this.#parts.store;
    const before = this.#lostBefore;
    this.#lostBefore = lost;
    return lost - before;
  }
}

/** How much the collectors do not see. */
function flawsOf(collectors: readonly CollectorReport[]): number {
  return collectors.reduce(
    (sum, { status, lost }) => sum + (status === 'ok' ? 0 : 1) + (lost > 0 ? 1 : 0),
    0,
  );
}

function spoilt(report: CollectorReport): CollectorReport {
  const reason = report.reason === null ? EVIDENCE_LOST : `${EVIDENCE_LOST}; ${report.reason}`;
  return { ...report, status: report.status === 'ok' ? 'partial' : report.status, tier: 'sampled', reason };
}
