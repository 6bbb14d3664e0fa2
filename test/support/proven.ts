import { loadRulePacks } from '../../src/config/rule-packs.ts';
import { chartsOf } from '../../src/core/charts/charts.ts';
import { assembleProof } from '../../src/core/proof/assemble.ts';
import { judge } from '../../src/core/rules/evaluate.ts';
import type { Charts } from '../../src/model/charts.ts';
import type { Proof } from '../../src/model/proof.ts';
import { Scene } from '../unit/support/evidence.ts';

/** Proof and charts of a scene, by the packs that are used by default. */
export function prove({ evidence }: Scene): { proof: Proof; charts: Charts } {
  const packs = loadRulePacks(['no-background-agents', 'idle-budget', 'sidecar-lifecycle'], {
    packsFolder: 'rules',
  });
  const options = { strict: false, acceptSampledMs: null };
  const results = judge(evidence, packs, options);
  const head = { chainHead: 'c'.repeat(64), rows: 42 };
  const parts = { evidence, head, packs, rulesDigest: 'd'.repeat(64), options, results };
  const proof = assembleProof(parts);
  return { proof, charts: chartsOf(evidence, proof) };
}

/** An app with a heartbeat, a tool run on a timer, a child, a busy moment and a stop. */
export function agentScene(): Scene {
  const scene = new Scene(120)
    .withEvents()
    .process({ id: 2, name: 'sleep', pid: 200, parentId: 1 }, 20)
    .happened(20, 'spawn')
    .sample(10, 1, { cpuNs: 3e9, wakeups: 4000 })
    .sample(60, 1, { cpuNs: 3.1e9, wakeups: 4300, pssBytes: 14e6 })
    .woke(0.1, 59.9, 552)
    .stopped(122, 125)
    .happened(123, 'outlived-parent');
  for (let beat = 0; beat < 11; beat += 1) {
    const jitter = ((beat * 7) % 5) / 100;
    const fields = { localPort: 40_000 + beat, bytesSent: 120, bytesReceived: 90, lifetimeSeconds: 0.2 };
    scene.network(4 + beat * 10 + jitter, fields);
    if (beat % 2 === 0) scene.row(6 + beat * 10, 'tool_run');
  }
  return scene;
}

/** Everywhere where an app chooses words: names, command lines, threads, paths, table and row types, notes. */
export function scenesOf(name: string): Scene {
  return new Scene()
    .withEvents(['user_message', 'tool_run', 'llm_request', name])
    .process({ id: 2, name, cmdline: name, exe: name, pid: 200, parentId: 1 }, 20)
    .happened(20, 'spawn', { exe: name, parentName: name })
    .happened(22, 'outlived-parent', { exe: name, parentName: name })
    .network(3, { thread: name, remote: { ip: '203.0.113.7', port: 443, process: name, target: null } })
    .row(5, 'tool_run', { source: name, data: { [name]: name } })
    .row(9, name, { source: name })
    .sample(30, 2, { cpuNs: 9e9 })
    .gap(40, 48)
    .disturbed(30, 35, 'stopped', name)
    .woke(1, 59, 5000, { processId: 2, thread: name, wokenBy: 'process', waker: name })
    .target({
      notes: [name],
      selector: { by: 'name', name },
      orphans: [{ pid: 7, name, cmdline: name, reason: name, appeared: false }],
    });
}
