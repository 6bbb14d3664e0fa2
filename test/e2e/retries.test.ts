import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { check, ruleOf, runCli } from '../support/cli.ts';
import { startNginx } from '../support/debian-programs.ts';
import { hasProgram, type Program } from '../support/programs.ts';
import { expectLookedAt } from '../support/looked-at.ts';

/** A server that saves with retries, over and over: of each save that failed, the last line says whether a retry mended it. */
const SERVER = `import json, sys, time
path, mended_every = sys.argv[1], int(sys.argv[2])
out = open(path, 'a')
nth = 0
while True:
    nth += 1
    last = 'saved' if nth % mended_every == 0 else 'gave_up'
    lines = [dict(event=event, correlation_id=f'c-{nth}', time=time.time()) for event in ('save', 'save_failed', 'retry', last)]
    out.write(''.join(json.dumps(line) + '\\n' for line in lines)); out.flush()
    time.sleep(0.05)`;

const RULES = {
  pack: 'retries',
  rules: [
    {
      id: 'retry-success',
      kind: 'threshold',
      metric: 'derived.retry.success',
      expect: { mean: '>= 95%' },
      minDuration: '1s',
    },
    {
      id: 'retries',
      kind: 'threshold',
      metric: 'derived.retries',
      expect: { mean: '<= 1.2' },
      minDuration: '1s',
    },
    {
      id: 'failed-saves',
      kind: 'threshold',
      metric: 'derived.saves.failed',
      expect: { mean: '< 2%' },
      minDuration: '1s',
    },
  ],
};
const DERIVED = {
  'retry.success': {
    chain: { by: 'correlation_id', from: { log: 'save_failed' }, to: { log: 'saved' } },
  },
  retries: { ratio: [{ log: 'retry' }, { log: 'save', distinct: 'correlation_id' }] },
  'saves.failed': { ratio: [{ log: 'gave_up' }, { log: 'save', distinct: 'correlation_id' }] },
};

describe.skipIf(!hasProgram('nginx') || !hasProgram('python3'))(
  'retries by correlation id, before and after',
  () => {
    let base: string;
    let nginx: Program;
    beforeAll(async () => {
      base = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-retries-')));
      nginx = await startNginx();
      writeFileSync(join(base, 'retries.yaml'), JSON.stringify(RULES));
    });
    afterAll(async () => {
      await nginx?.stop();
      rmSync(base, { recursive: true, force: true });
    });

    async function checked(name: string, mendedEvery: number): Promise<{ proof: Proof; path: string }> {
      const log = join(base, `${name}.jsonl`);
      const config = join(base, `${name}.yaml`);
      writeFileSync(log, '');
      const backend = { select: { pid: nginx.pid }, logs: [{ file: log }] };
      writeFileSync(
        config,
        JSON.stringify({ targets: { backend }, derived: DERIVED, rules: ['./retries.yaml'] }),
      );
      const server = spawn('python3', ['-c', SERVER, log, String(mendedEvery)], { stdio: 'inherit' });
      const ended = once(server, 'close');
      try {
        const out = join(base, `out-${name}`);
        const window = ['--for', '5s', '--settle', '1s', '--tick', '2s'];
        const { proof } = await check(['--config', config, ...window, '--out', out]);
        return { proof, path: join(out, readdirSync(out)[0] ?? '', 'proof.json') };
      } finally {
        server.kill('SIGTERM');
        await ended;
      }
    }

    it('are ratios and chains that rules and comparisons of two windows go by', async (test) => {
      const before = await checked('before', 1);
      expect(ruleOf(before.proof, 'failed-saves').measured).toBe('mean 0');
      const after = await checked('after', 2);
      expect(ruleOf(after.proof, 'retry-success')).toMatchObject({
        verdict: 'fail',
        measured: expect.stringMatching(/^mean 0\.\d/u) as string,
      });
      expect(ruleOf(after.proof, 'failed-saves').verdict).toBe('fail');

      const { code, stdout, stderr } = await runCli(['report', '--compare', before.path, after.path]);
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/new.*retry-success/isu);
      expect(stdout).toMatch(/new.*failed-saves/isu);
      expectLookedAt(test, before.proof, after.proof);
      for (const id of ['retry-success', 'retries', 'failed-saves'])
        expect(ruleOf(before.proof, id).verdict, ruleOf(before.proof, id).reason ?? '').toBe('pass');
      expect(ruleOf(after.proof, 'retries').verdict).toBe('pass');
    });
  },
);
