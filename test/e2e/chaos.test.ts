import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCell } from '../chaos/cell.ts';
import { matrix } from '../chaos/matrix.ts';
import { type Peer, startPeer } from '../chaos/peer.ts';
import { hasProgram } from '../support/programs.ts';

const RUNNABLE = hasProgram('python3');
const MEANS = { seed: 9, commit: '', isInterrupted: () => false };
/** A host that is busy lets a cell be repeated until activity and fault fall into one window. */
const TIMEOUT_MS = 1_200_000;

/** Some of each kind; `npm run test:chaos` runs all. */
const CELLS = [
  'none/tcp',
  'collectors-throw/udp',
  'permission-lost/child',
  'watchdog-stopped/tcp',
  'trace-off-for-a-moment/tcp',
  'clock-back/row',
  'target-restarted/tcp',
  'target-frozen/child',
  'database-replaced/row',
  'rows-deleted/row',
  'log-rotated/log',
  'watch-stopped/file',
];

let peer: Peer;
beforeAll(async () => {
  if (RUNNABLE) peer = await startPeer();
});
afterAll(() => peer?.stop());

describe.skipIf(!RUNNABLE).concurrent('no false pass, and no false fail', () => {
  it.for(CELLS)('%s', { timeout: TIMEOUT_MS }, async (name, { skip }) => {
    const { cells, leftOut } = matrix(name);
    const [cell] = cells;
    if (cell === undefined) return skipped(name, leftOut[0]?.reason ?? 'there is none', skip);
    const { result, withActivity, faultAlone } = await runCell(cell, { ...MEANS, peer });
    const hasThrown = withActivity.hasThrown === true || faultAlone.hasThrown === true;
    if (result === 'void' && !hasThrown)
      return skipped(name, withActivity.reason ?? faultAlone.reason ?? '', skip);
    expect(result, JSON.stringify([withActivity, faultAlone])).toBe('ok');
  });
});

function skipped(name: string, reason: string, skip: (note: string) => void): void {
  console.log(`skipped: ${name}: ${reason}`);
  skip(reason);
}
