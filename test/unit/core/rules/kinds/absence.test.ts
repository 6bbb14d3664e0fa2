import { describe, expect, it } from 'vitest';
import { Scene, at } from '../../../support/evidence.ts';
import { NO_NETWORK, NO_TOOLS, pack, ruleOf } from '../../../support/packs.ts';
import { only } from '../../../support/judged.ts';

describe('a datagram socket that was connected', () => {
  const ZERO_MISS = { tier: 'zero-miss' } as const;
  const connected = (): Scene => new Scene().network(10, { protocol: 'udp' });

  it('has sent nothing where a trace that missed nothing tells of no datagram', () => {
    expect(only(connected().report('trace', ZERO_MISS), NO_NETWORK)).toMatchObject({
      verdict: 'pass',
      tier: 'zero-miss',
      findings: [],
    });
    const sent = connected().network(11, { protocol: 'udp', op: 'send', collector: 'trace', bytesSent: 5 });
    expect(only(sent.report('trace', ZERO_MISS), NO_NETWORK).measured).toBe('1 send');
  });

  it.each([
    ['no trace', '1 connect', (scene: Scene) => scene],
    [
      'a trace that lost records',
      'at least 1 connect',
      (scene: Scene) => scene.report('trace', { ...ZERO_MISS, lost: 1 }),
    ],
    [
      'a trace that failed for a while',
      'at least 1 connect',
      (scene: Scene) => scene.report('trace', ZERO_MISS).gap(2, 3, 'trace'),
    ],
  ])('counts with %s: datagrams may have gone on it', (_, measured, change) => {
    expect(only(change(connected()), NO_NETWORK)).toMatchObject({ verdict: 'fail', measured });
  });

  it('is not confused with a connection, or with a port that is open', () => {
    const scene = new Scene()
      .report('trace', ZERO_MISS)
      .network(10)
      .network(20, { protocol: 'udp', op: 'listen' });
    expect(only(scene, NO_NETWORK).measured).toBe('1 connect, 1 listen');
  });
});

describe('a count of what a collector has partly left out', () => {
  const twice = (): Scene => new Scene().network(10).network(20, { op: 'attempt' });

  it.each([
    ['a trace that lost records', (scene: Scene) => scene.report('trace', { tier: 'zero-miss', lost: 7 })],
    [
      'a trace that failed for a while',
      (scene: Scene) => scene.report('trace', { tier: 'zero-miss' }).gap(2, 3, 'trace'),
    ],
    [
      'a trace that could not follow everything',
      (scene: Scene) => scene.report('trace', { tier: 'zero-miss', status: 'partial' }),
    ],
  ])('is the least that there was: %s', (_, change) => {
    const result = only(change(twice()), NO_NETWORK);
    expect(result).toMatchObject({ verdict: 'fail', measured: 'at least 1 connect, 1 attempt' });
    expect(result.reason).toContain(', at least 2 times in ');
  });

  it('is exact where another collector missed nothing', () => {
    const traced = twice().report('trace', { tier: 'zero-miss' }).gap(2, 3, 'sockets');
    const result = only(traced, NO_NETWORK);
    expect(result.measured).toBe('1 connect, 1 attempt');
    expect(result.reason).toContain(', 2 times in ');
  });

  it('stays 0 where nothing was found', () => {
    const nothing = new Scene().report('trace', { tier: 'zero-miss', lost: 7 });
    expect(only(nothing, NO_NETWORK).measured).toBe('0');
  });
});

describe('what counts as one', () => {
  it('a connection counts once, whatever is sent on it within a tick', () => {
    const scene = new Scene()
      .network(10)
      .network(10, { op: 'send', bytesSent: 5 })
      .network(10.5, { op: 'receive' });
    expect(only(scene, NO_NETWORK)).toMatchObject({ measured: '1 connect', findings: [{ count: 1 }] });
  });

  it('later sends on it count one each', () => {
    const scene = new Scene().network(10);
    for (const second of [11, 12, 13]) scene.network(second, { op: 'send', bytesSent: 5 });
    expect(only(scene, NO_NETWORK).measured).toBe('3 sends, 1 connect');
  });

  it('each connection and each attempt counts', () => {
    const scene = new Scene()
      .network(10)
      .network(10, { localPort: 40_001 })
      .network(10, { op: 'attempt', localPort: null })
      .network(10, { op: 'attempt', localPort: null });
    expect(only(scene, NO_NETWORK).findings[0]?.count).toBe(4);
  });

  it('several datagrams to one remote within a tick count once', () => {
    const scene = new Scene();
    for (const localPort of [1, 2, 3]) scene.network(10, { op: 'send', protocol: 'udp', localPort });
    scene.network(11, { op: 'send', protocol: 'udp' });
    expect(only(scene, NO_NETWORK).measured).toBe('2 sends');
  });
});

describe('a transfer both ways in one look', () => {
  it('is told by what the end did that opened the connection', () => {
    const both = (scene: Scene, direction: 'inbound' | 'outbound'): Scene =>
      scene
        .network(10, { op: 'receive', direction, bytesReceived: 900 })
        .network(10, { op: 'send', direction, bytesSent: 60 });
    const everything = ruleOf({ kind: 'absence', activity: 'network' });
    expect(only(both(new Scene(), 'outbound'), everything)).toMatchObject({
      measured: '1 send',
      findings: [{ text: 'app (pid 100, app) sent to 203.0.113.7:443, 60 bytes sent, 900 received' }],
    });
    expect(only(both(new Scene(), 'inbound'), everything).measured).toBe('1 receive');
  });
});

describe('what belongs to a window', () => {
  it.each([
    [0, false],
    [0.001, true],
    [60, true],
    [60.001, false],
    [-1, false],
  ])('something at %d s: %s', (second, belongs) => {
    expect(only(new Scene().network(second), NO_NETWORK).verdict).toBe(belongs ? 'fail' : 'pass');
  });

  it.each<[string, Parameters<Scene['row']>[2], boolean]>([
    [
      'first seen in the window, stamped long before',
      { firstSeenAtMs: at(10), stampedAtMs: at(-9000) },
      true,
    ],
    ['first seen before the window, stamped in it', { firstSeenAtMs: at(-1), stampedAtMs: at(10) }, false],
    ['first seen after the close, stamped in it', { firstSeenAtMs: at(61), stampedAtMs: at(59) }, true],
    ['first seen after the close, stamped after it', { firstSeenAtMs: at(61), stampedAtMs: at(60.5) }, false],
    [
      'first seen after the close, with a doubtful stamp',
      { firstSeenAtMs: at(61), stampedAtMs: at(-9e4), stampDoubtful: true },
      true,
    ],
    [
      'first seen after the close, with an unreadable stamp',
      { firstSeenAtMs: at(61), stampedAtMs: null },
      true,
    ],
    ['first seen long after, with an unreadable stamp', { firstSeenAtMs: at(90), stampedAtMs: null }, false],
    [
      'without a stamp, that was not there at the close',
      { firstSeenAtMs: at(61), notBeforeMs: at(60), stampedAtMs: null },
      false,
    ],
    [
      'without a stamp, that may have been there at the close',
      { firstSeenAtMs: at(61), notBeforeMs: at(59.5), stampedAtMs: null },
      true,
    ],
    [
      'stamped in the window, that was not there at the close',
      { firstSeenAtMs: at(69), notBeforeMs: at(68), stampedAtMs: at(50), stampDoubtful: true },
      true,
    ],
    [
      'stamped elsewhere, that was not there at the close',
      { firstSeenAtMs: at(61), notBeforeMs: at(60), stampedAtMs: at(-9e4), stampDoubtful: true },
      false,
    ],
  ])('a row %s: %s', (_, fields, belongs) => {
    const scene = new Scene().withEvents().row(10, 'tool_run', fields);
    expect(only(scene, NO_TOOLS).verdict).toBe(belongs ? 'fail' : 'pass');
  });
});

describe('unless', () => {
  it.each([
    [-20, 5, 'pass'],
    [2, 2, 'pass'],
    [2, 32, 'pass'],
    [2, 32.001, 'fail'],
    [3, 2, 'fail'],
  ])('a message at %d s, a tool at %d s: %s', (message, tool, verdict) => {
    const scene = new Scene().withEvents().row(message, 'user_message').row(tool, 'tool_run');
    expect(only(scene, NO_TOOLS).verdict).toBe(verdict);
  });

  it('may be given for all rules of an activity, and looks at other targets and activities', () => {
    const rules = pack({
      unless: [
        { activity: 'network', after: { activity: 'event', match: { target: 'chat' } }, within: '5s' },
      ],
      rules: [{ id: 'quiet', kind: 'absence', activity: 'network' }],
    });
    const scene = new Scene().row(9, 'user_message', { target: 'chat' }).network(10);
    expect(only(scene, rules).verdict).toBe('pass');
    expect(only(scene.network(20), rules)).toMatchObject({ verdict: 'fail', measured: '1 connect' });
  });

  it('does not let what happened excuse itself, nor a poller its next call', () => {
    const anyEvent = ruleOf({
      kind: 'absence',
      activity: 'event',
      match: { type: 'tool_run' },
      unless: { after: { activity: 'event' }, within: '30s' },
    });
    const scene = new Scene().withEvents().row(-2, 'tool_run').row(2, 'tool_run').row(6, 'tool_run');
    expect(only(scene, anyEvent)).toMatchObject({ verdict: 'fail', measured: '2 tool_run rows' });
  });
});
