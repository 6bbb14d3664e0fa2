// Packs of as many rules as wanted, of mixed kinds.

const SHAPES = [
  (nth) => ({
    kind: 'absence',
    activity: 'network',
    match: [
      {
        direction: 'outbound',
        'remote.ip|cidr': ['198.51.100.0/24', `203.0.113.${nth % 20}/32`],
        'remote.port|gte': 8000,
      },
      {
        direction: 'inbound',
        op: ['accept', 'receive'],
        'process.cmdline|contains|all': ['worker', `number ${nth % 20}`],
      },
    ],
    unless: { after: { activity: 'event', match: { type: 'user_message' } }, within: '3s' },
    except: [{ match: { 'remote.port': 8000 + (nth % 2) }, reason: 'the licence check', optional: true }],
  }),
  (nth) => ({
    kind: 'threshold',
    metric: ['cpu.percent', 'wakeups.rate', 'memory.pss', 'network.bytesSent', 'processes'][nth % 5],
    expect: nth % 5 === 3 ? { sum: '< 1GB', rate: '< 1MB/s' } : { max: nth % 5 === 2 ? '< 1GB' : '< 2000' },
  }),
  (nth) => ({
    kind: 'absence',
    activity: 'event',
    match: { type: ['tool_run', 'llm_request'], 'data.model|endswith': `-${nth % 9}` },
    unless: { after: { activity: 'event', match: { type: 'user_message' } }, within: `${1 + (nth % 30)}s` },
  }),
  (nth) => ({
    kind: 'periodicity',
    activity: ['network', 'process', 'event', 'log', 'file'][nth % 5],
    ...(nth % 5 === 0 ? { match: { direction: 'outbound' } } : {}),
  }),
  (nth) => ({
    kind: 'absence',
    activity: 'file',
    match: { 'path|startswith': `/var/lib/app/file-${nth % 10}` },
  }),
  (nth) => ({
    kind: 'absence',
    activity: 'process',
    match: { op: 'spawn', 'exe|re': `/tool-[${nth % 10}]$` },
  }),
  (nth) => ({
    kind: 'absence',
    activity: 'log',
    match: { category: `category-${nth % 8}`, 'data.duration_ms|gt': 900 },
  }),
  () => ({ kind: 'threshold', metric: 'cpu.percent', expect: { mean: '< 0.5', p95: '< 1' } }),
  (nth) => ({
    kind: 'absence',
    activity: 'network',
    match: { 'process.name': `worker-${nth % 25}`, bytesSent: 1499 },
  }),
  () => ({ kind: 'threshold', metric: 'wakeups.rate', expect: { mean: '< 20', p99: '< 100' } }),
];

/** A pack as YAML; JSON is YAML, too. */
export function packOf(count) {
  const rules = Array.from({ length: count }, (_, nth) => ({
    id: `rule-${nth}`,
    ...SHAPES[nth % SHAPES.length](Math.floor(nth / SHAPES.length)),
  }));
  return JSON.stringify({ pack: `rules-${count}`, rules });
}
