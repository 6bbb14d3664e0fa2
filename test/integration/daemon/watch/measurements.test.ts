import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announceMeasurement, measurementsFolder } from '../../../../src/daemon/measurement-lock.ts';
import { Measurements } from '../../../../src/daemon/watch/measurements.ts';
import type { Disturbance } from '../../../../src/model/evidence.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { watched } from '../../../support/watching.ts';

let state: string;
let recorded: Disturbance[];
let measurements: Measurements;
const app = watched(process.pid, { target: 'app' });
const other = { ...app, id: 99, pid: 1, target: 'other' };
const CLOCK_GRAIN_MS = 60;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'ip-measured-'));
  recorded = [];
  open();
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** A daemon that has its state here. */
function open(): void {
  writeFileSync(join(state, 'daemon.lock'), '');
  measurements = new Measurements({
    folder: measurementsFolder(state),
    procfs: new Procfs(),
    targets: ['app', 'other'],
    record: (disturbance) => recorded.push(disturbance),
  });
}

const look = (nowMs: number): void => measurements.look(nowMs, nowMs - 1000, [app, other]);
const spans = () => recorded.map(({ target, fromMs, toMs }) => [target, fromMs, toMs]);

describe('a measurement by another command', () => {
  it('is told of the target whose process it is, from the look before on', () => {
    look(1000);
    const end = announceMeasurement([state], 'idleproof check', [app]);
    look(2000);
    look(3000);
    measurements.cut(3000);
    look(4000);
    end();
    look(5000);
    look(6000);
    measurements.cut(6000);
    expect(spans()).toEqual([
      ['app', 1000, 3000],
      ['app', 3000, 5000],
    ]);
    expect(recorded[0]).toMatchObject({
      kind: 'measured',
      detail: `by idleproof check (pid ${process.pid})`,
    });
  });

  it('of other processes is no matter', () => {
    look(1000);
    const end = announceMeasurement([state], 'idleproof check', [{ pid: app.pid, startTicks: 1 }]);
    look(2000);
    measurements.cut(2000);
    end();
    look(3000);
    expect(recorded).toEqual([]);
  });

  it('is known to a daemon that starts later, and to several state folders', () => {
    const end = announceMeasurement([join(state, 'none'), state, state], 'idleproof check', [app]);
    open();
    look(1000);
    end();
    look(2000);
    expect(spans()).toEqual([['app', 0, 2000]]);
  });

  it('ends with the process that announced it', () => {
    look(1000);
    const dead = { by: { pid: process.pid, startTicks: 1 }, command: 'x', processes: [app] };
    writeFileSync(join(measurementsFolder(state), 'dead.json'), JSON.stringify(dead));
    look(2000);
    look(3000);
    measurements.cut(3000);
    expect(spans()).toEqual([['app', 1000, 2000]]);
  });

  it('that died before the daemon began is forgotten, and so is a broken file', () => {
    const dead = { by: { pid: process.pid, startTicks: 1 }, command: 'x', processes: [app] };
    writeFileSync(join(measurementsFolder(state), 'dead.json'), JSON.stringify(dead));
    writeFileSync(join(measurementsFolder(state), 'broken.json'), '');
    open();
    look(1000);
    measurements.cut(1000);
    expect(recorded).toEqual([]);
  });

  it('that cannot be read is one of every target', () => {
    look(1000);
    const path = join(measurementsFolder(state), 'broken.json');
    writeFileSync(path, '{');
    look(2000);
    rmSync(path);
    look(3000);
    expect(spans()).toEqual([
      ['app', 1000, 3000],
      ['other', 1000, 3000],
    ]);
  });

  it('that came and went between two looks is one of every target', async () => {
    await sleep(CLOCK_GRAIN_MS);
    look(1000);
    announceMeasurement([state], 'idleproof check', [app])();
    look(2000);
    expect(spans()).toEqual([
      ['app', 1000, 2000],
      ['other', 1000, 2000],
    ]);
  });

  it('is not announced where no daemon ever was, nor where it may not', () => {
    rmSync(join(state, 'daemon.lock'));
    expect(() => announceMeasurement([state, '/proc'], 'x', [app])()).not.toThrow();
    mkdirSync(join(state, 'daemon.lock'));
    rmSync(measurementsFolder(state), { recursive: true });
    writeFileSync(measurementsFolder(state), 'no folder');
    expect(() => announceMeasurement([state], 'x', [app])()).not.toThrow();
  });
});
