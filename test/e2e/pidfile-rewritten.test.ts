import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ruleOf } from '../support/cli.ts';
import { driven, untilFollowed } from '../support/midway.ts';
import { checkWhile } from '../support/phases.ts';
import { hasProgram } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-pidfile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEND = `socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'hi', ('127.0.0.1', 9))`;

it.skipIf(!hasTrace() || !hasProgram('python3'))(
  'a pidfile that names another process for a moment, which sends meanwhile, is no pass',
  async (test) => {
    const target = await driven(test);
    const other = await driven(test);
    const path = join(folder, 'app.pid');
    writeFileSync(path, `${target.pid}\n`);
    const args = ['--pidfile', path, '--for', '12s', '--settle', '1s', '--out', join(folder, 'out')];
    const { proof, code } = await checkWhile(args, async ({ child }) => {
      await untilFollowed(child, target.pid);
      writeFileSync(path, `${other.pid}\n`);
      await other.run(SEND);
      writeFileSync(path, `${target.pid}\n`);
    });
    const { verdict, reason } = ruleOf(proof, 'network-activity');
    expect({ code, verdict }, proof.headline).toEqual({ code: 2, verdict: 'inconclusive' });
    // A look at all processes may have come in between.
    expect(reason).toMatch(/its pidfile was written since|has taken over/);
  },
);
