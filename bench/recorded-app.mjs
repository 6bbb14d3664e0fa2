// What an idle app on Linux showed, played back on simulated time: the gate, the tree and the collector of a Watcher.
import { controlSeen, PLANTED } from './recorded-controls.mjs';
import { chat, connect, life, processOf, wake } from './recorded-rows.mjs';

export const PROCESSES = 20;
export const TICK_MS = 1000;

/** Where it was. */
export const HOST = {
  name: 'host',
  os: 'Linux',
  kernel: '6.1',
  cpus: 2,
  memoryBytes: 8e9,
  utcOffsetMinutes: 0,
  privileged: true,
};

const REPORT = { status: 'ok', tier: 'counter', reason: null, lost: 0 };
const LEVELS = {
  rssBytes: 3_256_320,
  peakRssBytes: 3_256_320,
  readBytes: 0,
  writtenBytes: 0,
  openFiles: 6,
  threads: 4,
};
const NETWORK = {
  tcpActiveOpens: 27_480,
  tcpPassiveOpens: 23_502,
  tcpAttemptFails: 3450,
  tcpOutSegs: 347_925,
  tcpRetransSegs: 171,
  udpOutDatagrams: 799_983,
  udpInDatagrams: 16_445,
  udpLiteOutDatagrams: 4,
  icmpOutMsgs: 783_539,
  ipOutRequests: 1_931_384,
  ipOutNoRoutes: 0,
  udp6OutDatagrams: 15_078,
  udp6InDatagrams: 0,
  udpLite6OutDatagrams: 0,
  icmp6OutMsgs: 15_139,
  ip6OutRequests: 30_485,
  ip6OutNoRoutes: 2,
  tcpKeepAlives: 14_359,
  tcpDataSegsSent: 129_848,
};

/**
 * An app that is played back. `kind`: how often processes run and how many at a time (`runEveryMs`, `runners`), how often somebody
 * calls out (`connectEveryMs`), starts a helper (`helperEveryMs`) and is asked by its user (`chatEveryMs`); null: never. `processes`,
 * `targets`: how many it has, and the names it is watched by; left out: 20 of one.
 * `tick` is to be moved on before each look.
 */
export class RecordedApp {
  tick = 0;
  #kind;
  #startMs;
  #processes;
  #totals;
  #counts = {
    tasks: 723_606,
    ipOutRequests: 1_931_384,
    tcpOutSegs: 347_925,
    tcpActiveOpens: 27_480,
    tcpPassiveOpens: 23_502,
    udpOutDatagrams: 799_983,
    udpInDatagrams: 16_445,
  };
  #started;
  #nextId;
  #planted = [];
  #wake = () => {};
  #isWoken = false;

  constructor(kind, startMs) {
    this.#kind = kind;
    this.#startMs = startMs;
    const { processes: length = PROCESSES } = kind;
    this.#processes = Array.from({ length }, (_, index) => processOf(index + 1, startMs));
    this.#nextId = length + 1;
    this.#totals = this.#processes.map(() => ({ cpuNs: 8_837_502, wakeups: 11, pssBytes: 4_433_920 }));
    this.#started = this.#processes;
  }

  get gate() {
    return { gate: () => this.#gate() };
  }

  get trees() {
    const processes = this.#processes;
    return {
      processes,
      isStill: true,
      hasStirred: () => false,
      byId: (id) => processes[id - 1],
      refresh: ({ nowMs }) => this.#refresh(nowMs),
    };
  }

  get collector() {
    return {
      name: 'cpu',
      sample: (look) => this.#observe(look),
      dueAtMs: () => (this.#isWoken ? 0 : Infinity),
      onNews: (callback) => {
        this.#wake = callback;
      },
      report: () => REPORT,
      stop: () => REPORT,
    };
  }

  /** Activities of the watchdog's own, which show in the counters and at the next look. */
  get beats() {
    const planted = (name, counters) => () => {
      for (const counter of counters) this.#counts[counter] += 1;
      this.#planted.push(name);
      this.#isWoken = true;
      this.#wake();
      return PLANTED[name];
    };
    return {
      tcp: planted('tcp', ['tcpActiveOpens', 'tcpPassiveOpens']),
      udp: planted('udp', ['udpOutDatagrams', 'udpInDatagrams']),
      child: { start: planted('process', ['tasks']), collect: () => {} },
    };
  }

  #isTime(everyMs) {
    return everyMs !== undefined && everyMs !== null && (this.tick * TICK_MS) % everyMs === 0;
  }

  #gate() {
    const { runEveryMs, runners, chatEveryMs } = this.#kind;
    const sinceChatMs = chatEveryMs === undefined ? Infinity : (this.tick * TICK_MS) % chatEveryMs;
    const running = this.#isTime(runEveryMs) ? runners : sinceChatMs < CHAT_MS ? 2 : 0;
    const moved = new Set(this.#processes.slice(0, running).map(({ id }) => id));
    for (const id of moved) {
      const total = this.#totals[id - 1];
      total.cpuNs += 120_000 + ((this.tick * 7919) % 1000);
      total.wakeups += 1;
    }
    return { moved, gone: NOBODY };
  }

  #refresh(nowMs) {
    const started = this.#started;
    this.#started = [];
    if (!this.#isTime(this.#kind.helperEveryMs)) return { started, ended: [], renamed: [], disturbances: [] };
    const helper = { ...processOf(this.#nextId, this.#startMs), parentId: 1, startedAtMs: nowMs - 500 };
    this.#nextId += 1;
    const ended = [{ process: helper, exitCode: null }];
    return { started: [...started, helper], ended, renamed: [], disturbances: [] };
  }

  #observe({ nowMs, full, moved, started, ended }) {
    this.#isWoken = false;
    const metrics = new Map();
    this.#totals.forEach((total, index) => {
      const id = index + 1;
      if (moved.has(id) || full) metrics.set(id, { cpuNs: total.cpuNs, wakeups: total.wakeups });
      // Shared pages come and go with others: PSS of idle processes is not quite constant.
      if (full)
        Object.assign(metrics.get(id), {
          ...LEVELS,
          pssBytes: total.pssBytes + 4096 * (((this.tick * (index + 3)) >> 15) % 2),
        });
    });
    const counts = this.#counts;
    // The host is not idle.
    counts.tasks += 3;
    counts.ipOutRequests += 5;
    counts.tcpOutSegs += 5;
    const activities = this.#planted.splice(0).flatMap((name) => controlSeen(name, nowMs - SEEN_AFTER_MS));
    if (this.#isTime(this.#kind.connectEveryMs)) {
      counts.tcpActiveOpens += 1;
      activities.push(connect(nowMs));
    }
    if (this.tick > 0 && this.#isTime(this.#kind.chatEveryMs)) activities.push(chat(nowMs));
    if (ended.length > 0)
      for (const { id, exe } of started)
        for (const op of ['spawn', 'exit']) activities.push(life(nowMs, { id, exe, op }));
    const { tasks, ...network } = counts;
    const { targets = ['app'] } = this.#kind;
    const sockets = { connects: 0, accepts: 0, closed: 0, listening: 1, sendsUnseen: 0 };
    const counters = [
      { atMs: nowMs, scope: 'forks', values: { tasks } },
      { atMs: nowMs, scope: 'network:4026531833', values: { ...NETWORK, ...network } },
      // Only the first one runs.
      ...targets
        .slice(0, full ? targets.length : 1)
        .map((name) => ({ atMs: nowMs, scope: `sockets:${name}`, values: sockets })),
    ];
    const wakes = full && moved.size > 0 ? [...moved].map((processId) => wake(nowMs, processId)) : [];
    return { metrics, counters, activities, wakes };
  }
}

/** A look sees what was planted just before it. */
const SEEN_AFTER_MS = 2;
/** So long the app works for its user. */
const CHAT_MS = 20_000;
const NOBODY = new Set();
