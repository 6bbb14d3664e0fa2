// Makes reports/sample: real proofs of the bundled demo app, quiet and with its agent, in every format, signed with a key of which only the
// public half is kept. Run by `npm run sample`, as root, so that nothing is missed. With --again the stored evidence is judged and written
// anew, after a change of rules or formats.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeKeys, readSigner } from '../dist/attest/keys.js';
import { loadRulePacks } from '../dist/config/rule-packs.js';
import { PROOF_FORMATS } from '../dist/model/proof-format.js';
import { writeProof } from '../dist/session/proofs/proof-files.js';
import { proveEvidence } from '../dist/session/prove.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SAMPLE = join(ROOT, 'reports/sample');
const ACTS = { pass: 'quiet', fail: 'agent' };
const PACKS = ['no-background-agents', 'idle-budget', 'sidecar-lifecycle'];

const folder = mkdtempSync(join(tmpdir(), 'idleproof-sample-'));
try {
  const { privatePath, publicPath } = makeKeys(join(folder, 'sample.key'), join(folder, 'sample.pub'));
  if (process.argv.includes('--again')) again(readSigner(privatePath, 'sample.key'));
  else run(privatePath);
  cpSync(publicPath, join(SAMPLE, 'sample.pub'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Both acts of the demo. */
function run(key) {
  const out = join(folder, 'out');
  const command = ['dist/cli/main.js', 'demo', '--out', out, '--format', PROOF_FORMATS.join(), '--key', key];
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error(`the demo ended with ${status}`);
  rmSync(SAMPLE, { recursive: true, force: true });
  for (const name of readdirSync(out)) {
    const { verdict } = JSON.parse(readFileSync(join(out, name, 'proof.json'), 'utf8'));
    const to = join(SAMPLE, ACTS[verdict]);
    mkdirSync(to, { recursive: true });
    for (const file of readdirSync(join(out, name)).filter((one) => !one.endsWith('.log')))
      cpSync(join(out, name, file), join(to, file));
  }
}

/** The same evidence, by the rules and in the formats of today. */
function again(signer) {
  const packs = loadRulePacks(PACKS, { packsFolder: join(ROOT, 'rules') });
  for (const name of Object.values(ACTS)) {
    const to = join(SAMPLE, name);
    if (!existsSync(join(to, 'evidence.db'))) throw new Error('there is no sample yet: npm run sample');
    for (const file of readdirSync(to).filter((one) => one.startsWith('proof.'))) rmSync(join(to, file));
    const judging = { strict: false, acceptSampledMs: 1000 };
    const evidencePath = join(to, 'evidence.db');
    const material = proveEvidence(evidencePath, packs, judging);
    writeProof(to, { material, evidencePath, formats: PROOF_FORMATS, signer });
  }
}
