import { join } from 'node:path';
import { EvidenceStore } from '../evidence/store.ts';
import { openOutbox, secretsOf } from './alert-sinks.ts';
import { assemble, type DaemonParts, type DaemonSetup } from './assemble.ts';
import { closeAll } from './close-all.ts';
import { type ControlServer, startControlServer } from './control/server.ts';
import { finishCutOff } from './proofs/finish-cut-off.ts';
import { takeStateFolder } from './state-folder.ts';
import { type UnprovenWindow, unprovenWindows } from './unproven.ts';
import { THIS_HOST, type Watched } from './watch/watched.ts';
import { EVIDENCE_FILE } from '../model/file-names.ts';

export interface DaemonOptions extends DaemonSetup {
  /** Told how to ask for the windows that would have no proof if it ended now. */
  onOpen?: (unproven: () => readonly UnprovenWindow[]) => void;
}

/** Watches until the signal aborts: all windows, their proofs, alerts and the control socket. */
export async function runDaemon(
  options: DaemonOptions,
  signal: AbortSignal,
  watched: Watched = THIS_HOST,
): Promise<void> {
  const { log, statePath } = options;
  const state = takeStateFolder(statePath);
  try {
    const daemon = Daemon.open(options, state.path, watched);
    try {
      await daemon.run(state.path, signal);
    } catch (error) {
      // Closing may fail as well, and be told in its place.
      log.fatal('the daemon has failed', { problem: (error as Error).message });
      throw error;
    } finally {
      await daemon.close();
    }
  } finally {
    state.release();
    log.info('stopped');
  }
}

/** In which order the parts of a daemon begin and end. */
class Daemon {
  readonly #options: DaemonOptions;
  readonly #store: EvidenceStore;
  readonly #parts: DaemonParts;
  #control: ControlServer | null = null;

  private constructor(options: DaemonOptions, store: EvidenceStore, parts: DaemonParts) {
    this.#options = options;
    this.#store = store;
    this.#parts = parts;
  }

  static open(options: DaemonOptions, folder: string, watched: Watched): Daemon {
    const { log, plan } = options;
    log.hide(secretsOf(plan));
    const { store, setAside } = EvidenceStore.open(join(folder, EVIDENCE_FILE));
    if (setAside !== null) log.error('the evidence could not be used and was set aside', setAside);
    try {
      return new Daemon(options, store, assemble(options, store, openOutbox(folder, plan, log), watched));
    } catch (error) {
      store.close();
      throw error;
    }
  }

  async run(folder: string, signal: AbortSignal): Promise<void> {
    const { watching, proofs, unjudged, host, endpoint, commands, schedule, reloading, ledger, summaries } =
      this.#parts;
    const { plan } = watching;
    const { log, onOpen } = this.#options;
    onOpen?.(() => unprovenWindows(proofs, watching.run));
    const left = { store: this.#store, proofs, unjudged, log };
    finishCutOff(left, plan);
    this.#control = await startControlServer(folder, host);
    await endpoint.use(plan.metricsAddress);
    // What cannot be started now is an error; after a reload it is absent.
    await commands.use(plan.targets);
    schedule.use(plan.measurements);
    reloading.listen();
    await watching.follow(signal);
    const isAnyOver = ledger.verdicts({ windowId: null, limit: 1 }).length > 0;
    if (isAnyOver || unjudged.count > 0) await summaries.write();
  }

  async close(): Promise<void> {
    const { reloading, summaries, schedule, endpoint, commands, post, evidence, notifier } = this.#parts;
    // Nobody asks for anything any more before the first part is gone.
    await closeAll([
      () => this.#control?.close(),
      () => reloading.close(),
      () => summaries.close(),
      () => schedule.close(),
      () => endpoint.close(),
      () => commands.stop(),
      () => post.close(),
      () => evidence.close(),
      () => notifier.close(),
    ]);
  }
}
