import { afterEach, describe, expect, it } from 'vitest';
import type { KeptNamespace } from '../../../src/os/kept-namespace.ts';
import { OwnNetwork } from '../../../src/os/own-network.ts';

/** Nothing of it is read here; the listener is what is tried. */
const NAMESPACE = { scope: 'network:1', close: () => {} } as unknown as KeptNamespace;
let network: OwnNetwork | null = null;
afterEach(() => network?.close());

function listening(...argv: string[]): OwnNetwork {
  network = new OwnNetwork(
    NAMESPACE,
    () => argv,
    () => 1,
  );
  return network;
}

/** Resolves when the listener has ended. */
const ended = (one: OwnNetwork): Promise<void> =>
  new Promise((resolve) => {
    one.onLine(() => {
      if (one.listenerPid === null) resolve();
    });
    one.listen(1);
  });

describe('the listener of a network', () => {
  it('gives its lines once, and says that it has ended', async () => {
    const one = listening('seq', '1', '3');
    await ended(one);
    expect(one.take()).toEqual(['1', '2', '3'].map((line) => ({ atMs: 1, line })));
    expect(one.take()).toEqual([]);
    expect(one.problem).toBe('ended with code 0');
  });

  it('says how many lines came too fast to be kept: their sockets have no address', async () => {
    const one = listening('seq', '1', '30000');
    await ended(one);
    expect(one.take()).toHaveLength(20_000);
    expect(one.problem).toBe('ended with code 0; 10000 came faster than they could be kept');
  });

  it('is started again, and nothing that the one before told is forgotten', async () => {
    const one = listening('seq', '1', '3');
    await ended(one);
    await ended(one);
    expect(one.take()).toHaveLength(6);
    expect(one.problem).toBe('ended with code 0');
  });

  it('is none where there cannot be one, with the reason', () => {
    const one = new OwnNetwork(NAMESPACE, 'no ss here', () => 1);
    one.listen(1);
    expect(one.listenerPid).toBeNull();
    expect(one.problem).toBe('no ss here');
  });
});
