import type { CollectorReport, HostNoise, SelfReport } from '../model/evidence.ts';
import type { Procfs } from '../os/procfs.ts';
import { measureHostNoise } from '../session/host-noise.ts';
import type { Recorder } from '../session/recorder.ts';
import { measureSelf } from '../session/self-usage.ts';
import { StretchReports } from '../session/stretch-reports.ts';
import type { Known, WatchSetup } from '../session/watch-setup.ts';

/** What happened since the edge before. */
interface Since {
  /** Rows that could not be written: no collector vouches for this stretch. */
  lost: number;
  /** For the readers of each window in it. */
  notes: string[];
}

/** Writes down, at each edge of a window, what holds for the stretch since the edge before. */
export class Edges {
  readonly #procfs: Procfs;
  readonly #setup: WatchSetup;
  readonly #recorder: Recorder;
  readonly #reports: StretchReports;
  #usage: (connectionsOpened: number) => SelfReport;
  #noise: () => HostNoise | null;
  #connectionsBefore = 0;

  /** @param firstLookMs where the first stretch begins */
  constructor(setup: WatchSetup, recorder: Recorder, procfs: Procfs, firstLookMs: number) {
    this.#setup = setup;
    this.#recorder = recorder;
    this.#procfs = procfs;
    this.#reports = new StretchReports(firstLookMs);
    this.#usage = measureSelf();
    this.#noise = measureHostNoise(procfs);
  }

  /** @returns what is known by now */
  cut(nowMs: number, { lost, notes }: Since, known: Known = this.#setup.report()): Known {
    const opened = this.#setup.canary?.connectionsOpened ?? 0;
    const self = this.#usage(opened - this.#connectionsBefore);
    this.#connectionsBefore = opened;
    this.#recorder.document(
      'stretch',
      this.#reports.cut(nowMs, {
        ...known,
        collectors: lost === 0 ? known.collectors : known.collectors.map(spoilt),
        self,
        noise: this.#noise(),
        notes,
      }),
    );
    this.#usage = measureSelf();
    this.#noise = measureHostNoise(this.#procfs);
    return known;
  }
}

const LOST = 'evidence was lost: too much waited to be written';

function spoilt(report: CollectorReport): CollectorReport {
  const reason = report.reason === null ? LOST : `${LOST}; ${report.reason}`;
  return { ...report, status: report.status === 'ok' ? 'partial' : report.status, tier: 'sampled', reason };
}
