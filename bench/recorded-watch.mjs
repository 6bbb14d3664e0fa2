// A daemon's watch of the recorded app on simulated time: its loop, windows and store are the real ones.
import { UserActions } from '../dist/daemon/watch/user-actions.js';
import { WatchRun } from '../dist/daemon/watch/watch-run.js';
import { Canary } from '../dist/session/canary.js';
import { Recorder } from '../dist/session/recorder.js';
import { Watcher } from '../dist/session/watcher.js';
import { HOST, RecordedApp, TICK_MS } from './recorded-app.mjs';
import { knownAt } from './recorded-rows.mjs';

const NETWORK_SCOPE = 'network:4026531833';
/** So many looks, then what waits for the event loop. */
const LOOKS_AT_ONCE = 600;

/**
 * Time goes on by a tick a look, as fast as the machine can. `kind`: what the app does, see RecordedApp. `onTick` is called before each
 * look with the number of the tick; the watch ends after `lastTick`.
 */
export class RecordedWatch {
  tick = 0;
  #kind;
  #fromMs;
  #lastTick;
  #onTick;
  #nowMs;
  #app = null;

  constructor({ kind, fromMs, lastTick, onTick }) {
    this.#kind = kind;
    this.#fromMs = fromMs;
    this.#lastTick = lastTick;
    this.#onTick = onTick;
    this.#nowMs = fromMs;
  }

  clock = () => ({
    nowMs: () => this.#nowMs,
    fromBootNs: (ns) => this.#fromMs + ns / 1e6,
    wallDriftMs: () => 0,
    suspendedMs: () => 0,
    sleepUntil: () => Promise.resolve(),
    every: async (_tickMs, signal, onLook) => {
      do {
        if (this.tick % LOOKS_AT_ONCE === 0) await new Promise((resolve) => void setImmediate(resolve));
        this.tick += 1;
        this.#nowMs = this.#fromMs + this.tick * TICK_MS + ((this.tick * 104_729) % 1000) / 1000;
        this.#app.tick = this.tick;
        this.#onTick(this.tick);
      } while (this.tick < this.#lastTick && !signal.aborted && onLook());
    },
  });

  /** As watchThisHost makes one of a host. */
  open = async (plan, parts) => {
    const recorder = new Recorder(parts.store);
    const users = new UserActions(plan.user);
    const app = new RecordedApp(this.#kind, this.#nowMs);
    this.#app = app;
    const { gate, trees, collector, beats } = app;
    app.tick = this.tick;
    recorder.document('run', this.#runInfo(parts));
    const clock = this.clock();
    const watcher = new Watcher({
      clock,
      gate,
      trees,
      posts: [{ collector, target: null }],
      recorder,
      tickMs: TICK_MS,
      readings: null,
      onActivities: (activities) => users.see(activities, (id) => (id === null ? null : trees.byId(id))),
      threadCpuNs: () => 0,
    });
    const canary = new Canary({
      clock,
      beats,
      networkScope: NETWORK_SCOPE,
      onPlanted: (planted) => recorder.document('control', planted),
      onFailure: (failure) => recorder.document('controlFailure', failure),
    });
    const known = () => knownAt(this.tick);
    const setup = { watcher, canary, report: known, forgetTold: () => {}, stop: known };
    return new WatchRun(plan, parts, { setup, recorder, trees, users });
  };

  #runInfo({ toolVersion, command }) {
    return {
      id: new Date(this.#nowMs).toISOString(),
      toolVersion,
      nodeVersion: process.versions.node,
      command,
      startedAtMs: this.#nowMs,
      tickMs: TICK_MS,
      host: HOST,
    };
  }
}
