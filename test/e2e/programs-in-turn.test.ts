import { chmodSync, chownSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof, RuleResult } from '../../src/model/proof.ts';
import { ruleOf } from '../support/cli.ts';
import type { Driver } from '../support/driver.ts';
import { checkMidway, driven } from '../support/midway.ts';
import { checkWhile } from '../support/phases.ts';
import { hasTrace } from '../support/tracing.ts';

const HAS_TRACE = hasTrace();
const NOBODY = 65_534;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-in-turn-'));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHELL = realpathSync('/bin/sh');
const ENV = realpathSync('/usr/bin/env');
const TRUE = realpathSync('/bin/true');
const SLEEP = realpathSync('/bin/sleep');

/** A pack in which starting anything is forbidden, but for some programs; and another in which one program is. */
function packWith(allowed: readonly string[], forbidden: string): string {
  const own = mkdtempSync(join(folder, 'pack-'));
  chmodSync(own, 0o755);
  const path = join(own, 'ours.yaml');
  const except = allowed.map((exe) => `      - { match: { exe: ${exe} }, reason: ours, optional: true }`);
  const text = [
    'pack: ours',
    'rules:',
    '  - id: programs',
    '    kind: absence',
    '    activity: process',
    '    match: { op: spawn }',
    ...(except.length === 0 ? [] : ['    except:', ...except]),
    '  - id: forbidden',
    '    kind: absence',
    '    activity: process',
    `    match: { op: spawn, exe: ${forbidden} }`,
    '',
  ];
  writeFileSync(path, text.join('\n'));
  return path;
}

const programsIn = ({ findings }: RuleResult): Set<unknown> =>
  new Set(findings.map(({ subject }) => subject['exe']));
const IN_TURN = `subprocess.run(['/bin/sh', '-c', 'exec /usr/bin/env /bin/true'], check=True)`;

async function traced(driver: Driver, statement: string, pack: string): Promise<Proof> {
  const { proof } = await checkMidway(driver.pid, folder, () => driver.run(statement), ['--rules', pack]);
  return proof;
}

describe.skipIf(!HAS_TRACE).concurrent('programs that replace one another, under a trace', () => {
  it('are each found, and excused only by their own exceptions', async (test) => {
    const driver = await driven(test);
    const proof = await traced(driver, IN_TURN, packWith([TRUE], ENV));
    const rule = ruleOf(proof, 'programs');
    expect(rule, proof.headline).toMatchObject({ verdict: 'fail' });
    expect(programsIn(rule)).toEqual(new Set([SHELL, ENV]));
    const texts = rule.findings.map(({ text }) => text).join('\n');
    expect(texts).toContain(`was started by python3 (${SHELL})`);
    expect(texts).toContain(`replaced itself (${SHELL}) with ${ENV}`);
    expect(programsIn(ruleOf(proof, 'forbidden'))).toEqual(new Set([ENV]));
  });

  it('are excused where each of them is named; a program that is started once is one start', async (test) => {
    const driver = await driven(test);
    const once = `subprocess.run(['/bin/sh', '-c', ':'], check=True)`;
    const proof = await traced(driver, `${IN_TURN}; ${once}`, packWith([SHELL, ENV, TRUE], SLEEP));
    expect(proof.findings, proof.headline).toEqual([]);
    const used = ruleOf(proof, 'programs').exceptions.map(({ matched }) => matched);
    expect(used).toEqual([2, 1, 1]);
  });

  it('keep their path where they have ended and nobody has waited for them', async (test) => {
    const driver = await driven(test);
    const statement = `z = subprocess.Popen(['/bin/true']); os.waitid(os.P_PID, z.pid, os.WEXITED | os.WNOWAIT)`;
    const proof = await traced(driver, statement, packWith([TRUE], SLEEP));
    expect(proof.findings, proof.headline).toEqual([]);
    expect(ruleOf(proof, 'programs').exceptions).toMatchObject([{ matched: 1, excusedAll: true }]);
    expect(proof.warnings.join('\n')).toContain('excused everything that there was: 1 of 1');
  });

  it('are found where a process that was there before, or the target itself, executes another', async (test) => {
    const driver = await driven(test);
    await driver.run(
      `p = subprocess.Popen(['/bin/sh', '-c', 'read x; exec sleep 600'], stdin=subprocess.PIPE)`,
    );
    test.onTestFinished(() => driver.run('p.kill(); p.wait()').catch(() => undefined));
    const statement = `p.stdin.write(b'\\n'); p.stdin.close()`;
    const proof = await traced(driver, statement, packWith([], SLEEP));
    expect(programsIn(ruleOf(proof, 'forbidden')), proof.headline).toEqual(new Set([SLEEP]));
    expect(ruleOf(proof, 'programs').findings[0]?.text).toContain(`replaced itself (${SHELL}) with ${SLEEP}`);
    const own = await driven(test);
    const replaced = await traced(
      own,
      `print('ok', flush=True); os.execv('/bin/sh', ['sh', '-c', 'read x'])`,
      packWith([], SHELL),
    );
    expect(programsIn(ruleOf(replaced, 'forbidden')), replaced.headline).toEqual(new Set([SHELL]));
  });
});

describe
  .skipIf(process.geteuid?.() !== 0)
  .concurrent('programs that replace one another, without a trace', () => {
    /** To be looked at like a program that was started by its user, it must be dumpable; see prctl(2). */
    const BECOME_NOBODY = `import ctypes; os.setgroups([]); os.setgid(${NOBODY}); os.setuid(${NOBODY}); ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)`;

    async function polled(driver: Driver, statement: string, pack: string): Promise<Proof> {
      const out = mkdtempSync(join(folder, 'nobody-'));
      chownSync(out, NOBODY, NOBODY);
      return (
        await checkWhile(
          ['--pid', `${driver.pid}`, '--for', '12s', '--settle', '1s', '--out', out, '--rules', pack],
          () => driver.run(statement),
          { uid: NOBODY },
        )
      ).proof;
    }

    it('are found where one lasts, and what may have run in between is never excused for certain', async (test) => {
      const driver = await driven(test);
      await driver.run(BECOME_NOBODY);
      await driver.run(
        `p = subprocess.Popen(['/bin/sh', '-c', 'read x; exec sleep 600'], stdin=subprocess.PIPE)`,
      );
      test.onTestFinished(() => driver.run('p.kill(); p.wait()').catch(() => undefined));
      const statement = `p.stdin.write(b'\\n'); p.stdin.close()`;
      const proof = await polled(driver, statement, packWith([SLEEP], SLEEP));
      expect(programsIn(ruleOf(proof, 'forbidden')), proof.headline).toEqual(new Set([SLEEP]));
      expect(ruleOf(proof, 'forbidden').findings[0]?.text).toContain(
        `replaced itself (${SHELL}) with ${SLEEP}`,
      );
      // It may have executed others in between.
      const excused = ruleOf(proof, 'programs');
      expect(excused.exceptions).toMatchObject([{ matched: 1 }]);
      expect(excused.verdict, proof.headline).toBe('inconclusive');
    });
  });
