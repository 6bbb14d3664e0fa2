// One judgement for bench/rules.mjs, in a process of its own so that its peak memory is known.
// usage: node bench/rules-judge.mjs EVIDENCE SPAN PACK
import { loadRulePacks } from '../dist/config/rule-packs.js';
import { judge } from '../dist/core/rules/evaluate.js';
import { lookBackMs } from '../dist/core/rules/look-back.js';
import { readEvidence } from '../dist/evidence/read.js';

const [path, span, pack] = process.argv.slice(2);
const packs = loadRulePacks([pack], { packsFolder: '/' });
const startMs = performance.now();
const { evidence } = readEvidence(path, { ...JSON.parse(span), lookBackMs: lookBackMs(packs) });
const readMs = performance.now();
const results = judge(evidence, packs, { strict: false, acceptSampledMs: null });
const endMs = performance.now();
const verdicts = Object.groupBy?.(results, ({ verdict }) => verdict) ?? {};
process.stdout.write(
  JSON.stringify({
    seconds: (endMs - startMs) / 1000,
    cpuSeconds: process.cpuUsage().user / 1e6,
    readSeconds: (readMs - startMs) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    verdicts: Object.fromEntries(Object.entries(verdicts).map(([verdict, all]) => [verdict, all.length])),
  }),
);
