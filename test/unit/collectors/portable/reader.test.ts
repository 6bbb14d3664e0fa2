import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Host } from './scene.ts';

describe('PortableReader', () => {
  it('has no answer before the first reading', () => {
    expect(new Host().reader.reading.usage).toHaveProperty('problem');
  });

  it('stamps a reading with the time at which it was begun', async () => {
    const host = new Host();
    host.delay = async () => {
      host.nowMs += 300;
    };
    expect(await host.reader.take([])).toBe(1_000_000);
    expect(host.reader.reading.atMs).toBe(1_000_000);
  });

  it('throws away what comes later than a tick, and never hands over the reading before', async () => {
    const host = new Host({}, 50);
    await host.reader.take([]);
    let release = (): void => {};
    host.delay = () => new Promise((resolve) => (release = resolve));
    host.nowMs += 50;
    await host.reader.take([]);
    const late = { problem: expect.stringContaining('longer than the tick') };
    expect(host.reader.reading).toMatchObject({ usage: late, processes: late, connections: late });
    // It still has not come: no other is begun beside it.
    await host.reader.take([]);
    expect(host.reader.reading).toMatchObject({ connections: late });
    release();
    await sleep(10);
    expect(host.reader.reading).toMatchObject({ connections: late });
    host.delay = async () => {};
    host.nowMs += 50;
    await host.reader.take([]);
    expect(host.reader.reading.usage).toHaveProperty('value');
    // What lived since the last list that came in time may not be in this one.
    expect(host.reader.reading.connections).toEqual({ problem: expect.stringContaining('apart') });
    host.nowMs += 50;
    await host.reader.take([]);
    expect(host.reader.reading.connections).toHaveProperty('value');
  });

  it('says so when two lists of connections were too far apart', async () => {
    const host = new Host();
    await host.reader.take([]);
    host.nowMs += 1_000;
    host.delay = async () => {
      host.nowMs += 600;
    };
    await host.reader.take([]);
    expect(host.reader.reading.connections).toEqual({ problem: 'two lists of connections were 1.6 s apart' });
    expect(host.reader.reading.usage).toHaveProperty('value');
  });

  it('believes no empty answer: each has to show the watchdog itself', async () => {
    const host = new Host();
    host.connections = [];
    host.processes = [];
    host.usage = new Map();
    await host.reader.take([]);
    const problem = { problem: expect.stringContaining('the watchdog itself') };
    expect(host.reader.reading).toMatchObject({ usage: problem, processes: problem, connections: problem });
  });

  it('keeps apart what failed', async () => {
    const host = new Host({ usage: () => Promise.reject(new Error('no ps')) });
    await host.reader.take([]);
    expect(host.reader.reading.usage).toEqual({ problem: 'no ps' });
    expect(host.reader.reading.connections).toHaveProperty('value');
  });

  it('does not list more processes than the library can', async () => {
    const host = new Host();
    host.count = 7_000;
    await host.reader.take([]);
    expect(host.reader.reading.processes).toEqual({ problem: expect.stringContaining('7000') });
  });
});
