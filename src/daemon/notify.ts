import { escapeControls } from '../core/parse/escape-controls.ts';
import { type NotifySocket, openNotifySocket } from '../os/notify-socket.ts';
import { Liveness, type LivenessLimits, type LivePart } from './liveness.ts';

const MAX_STATUS_CHARACTERS = 200;

/** Tells the service manager how the daemon is, as sd_notify(3) has it. Without a service manager it does nothing. */
export interface Notifier {
  /** Interval of the service manager's watchdog in milliseconds; null: it has none for us. */
  readonly watchdogMs: number | null;
  /** Why the service manager cannot be told, or was not told the last time; null: it was, or there is none. */
  readonly problem: string | null;
  /** The daemon works, for the first time or again after `reloading`. What was not taken is sent again at the next `alive`. */
  ready(status: string): void;
  /** One line that `systemctl status` shows. */
  status(text: string): void;
  /** A line that stands in place of all others until it is over (null). */
  trouble(text: string | null): void;
  /**
   * To be called at each tick of the loop and at each answer of the store. Half of the watchdog's interval after the last
   * keepalive it sends the next one, unless one of the two is late: no timer of its own could outlive a loop that hangs.
   */
  alive(part: LivePart, nowMs: number): void;
  reloading(): void;
  stopping(status: string): void;
  close(): void;
}

/** Takes what the service manager gave us out of `env`, so that no child process can speak in our name. */
export function createNotifier(limits: LivenessLimits, env: NodeJS.ProcessEnv = process.env): Notifier {
  const address = env['NOTIFY_SOCKET'];
  const watchdogMs = watchdogOf(env);
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) Reflect.deleteProperty(env, name);
  if (address === undefined || address === '') return new ServiceNotifier(null, null, limits, null);
  const socket = openNotifySocket(address);
  if (typeof socket === 'string') return new ServiceNotifier(null, socket, limits, watchdogMs);
  return new ServiceNotifier(socket, null, limits, watchdogMs);
}

/** See sd_watchdog_enabled(3). */
function watchdogOf(env: NodeJS.ProcessEnv): number | null {
  const usec = Number(env['WATCHDOG_USEC'] ?? 0);
  const pid = env['WATCHDOG_PID'];
  const isOurs = pid === undefined || Number(pid) === process.pid;
  return isOurs && Number.isFinite(usec) && usec > 0 ? usec / 1000 : null;
}

class ServiceNotifier implements Notifier {
  readonly watchdogMs: number | null;
  problem: string | null;
  readonly #socket: NotifySocket | null;
  readonly #liveness: Liveness;
  #keptAliveAtMs: number | null = null;
  /** A change of state that the service manager has not taken: its queue is short, see net.unix.max_dgram_qlen in unix(7). */
  #untold: string | null = null;
  #said = '';
  #trouble: string | null = null;

  constructor(
    socket: NotifySocket | null,
    problem: string | null,
    limits: LivenessLimits,
    watchdogMs: number | null,
  ) {
    this.#socket = socket;
    this.problem = problem;
    this.watchdogMs = watchdogMs;
    this.#liveness = new Liveness(limits);
  }

  ready(status: string): void {
    this.#tell(`READY=1\n${this.#statusLine(status)}`);
  }

  status(text: string): void {
    this.#send(this.#statusLine(text));
  }

  trouble(text: string | null): void {
    this.#trouble = text;
    this.status(this.#said);
  }

  alive(part: LivePart, nowMs: number): void {
    if (this.#untold !== null) this.#tell(this.#untold);
    if (this.watchdogMs === null) return;
    this.#liveness.alive(part, nowMs);
    const isDue = this.#keptAliveAtMs === null || nowMs - this.#keptAliveAtMs >= this.watchdogMs / 2;
    if (!isDue || this.#liveness.late(nowMs).length > 0) return;
    if (this.#send('WATCHDOG=1')) this.#keptAliveAtMs = nowMs;
  }

  reloading(): void {
    // CLOCK_MONOTONIC, which tells this reload from another one.
    this.#tell(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  stopping(status: string): void {
    this.#tell(`STOPPING=1\n${this.#statusLine(status)}`);
  }

  close(): void {
    this.#socket?.close();
  }

  #statusLine(text: string): string {
    this.#said = text;
    return `STATUS=${escapeControls((this.#trouble ?? text).slice(0, MAX_STATUS_CHARACTERS))}`;
  }

  /** A change of state: the newest counts. */
  #tell(state: string): void {
    this.#untold = this.#socket === null || this.#send(state) ? null : state;
  }

  /** Whether it was taken. */
  #send(message: string): boolean {
    if (this.#socket === null) return false;
    try {
      this.#socket.send(message);
      this.problem = null;
      return true;
    } catch (error) {
      this.problem = `the service manager could not be told: ${(error as Error).message}`;
      return false;
    }
  }
}
