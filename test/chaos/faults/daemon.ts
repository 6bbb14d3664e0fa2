import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../fault.ts';
import { letGo } from '../helper.ts';
import { configOf, rulesOf, stateOf } from '../watch-watchdog.ts';
import { clockBack, clockForward } from './clock-jumps.ts';
import { collectorsThrow, gateThrows } from './collectors-throw.ts';
import { databaseReplaced } from './database-changed.ts';
import { none } from './none.ts';
import { lockStore } from './store-locked.ts';
import { targetRestarted } from './target-restarted.ts';

/** The same under the daemon. */
const watched = (fault: Fault): Fault => ({ ...fault, name: `watch-${fault.name}`, by: 'watch' });

const stopped: Fault = watched({
  name: 'stopped',
  says: 'the daemon is stopped (SIGSTOP) for more than five ticks',
  holdMs: 3_200,
  strike: ({ watchdog }) => watchdog.kill('SIGSTOP'),
  undo: ({ watchdog }) => watchdog.kill('SIGCONT'),
});

const killed: Fault = watched({
  name: 'killed',
  says: 'the daemon is killed (SIGKILL); the next one judges what it left',
  moments: ['before'],
  lasts: true,
  strike: async ({ watchdog }) => {
    watchdog.kill('SIGKILL');
    await watchdog.ended();
  },
});

const rulesBroken: Fault = watched({
  name: 'rules-broken',
  says: 'a rule file is edited badly',
  strike: ({ scene }) =>
    writeFileSync(rulesOf(scene), 'pack: chaos\nrules: [{ id: calls, kind: absense }]\n'),
});

const configBroken: Fault = watched({
  name: 'config-broken',
  says: 'the configuration is edited badly',
  strike: ({ scene }) => writeFileSync(configOf(scene), 'targets: {'),
});

const configRemoved: Fault = watched({
  name: 'config-removed',
  says: 'the configuration is removed',
  strike: ({ scene }) => rmSync(configOf(scene)),
});

const socketGone: Fault = watched({
  name: 'socket-gone',
  says: "the daemon's control socket is removed; it is told to end by a signal",
  strike: ({ scene }) => rmSync(join(stateOf(scene), 'control.sock')),
});

const storeLocked: Fault = watched({
  name: 'store-locked',
  says: "another process holds the lock of the daemon's evidence file for 1.5 s",
  holdMs: 1_500,
  strike: ({ scene }) => lockStore(scene, join(stateOf(scene), 'evidence.db')),
  undo: ({ scene }) => letGo(scene),
});

export const DAEMON_FAULTS: readonly Fault[] = [
  watched(none),
  stopped,
  killed,
  rulesBroken,
  configBroken,
  configRemoved,
  socketGone,
  storeLocked,
  ...[collectorsThrow, gateThrows, clockForward, clockBack, targetRestarted, databaseReplaced].map(watched),
];
