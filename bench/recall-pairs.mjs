// What bench:recall planted beside what was found: pairs, strangers, and what only counters tell.

/** The kernel's stamp lies between what the actor noted before and after, but for what the clocks differ by. */
const APART_MS = 250;

/** Pairs each planted activity with one that was found: same ends, while it was done, each used once. @param kinds that were planted */
export function pair({ planted, evidence }, kinds) {
  const found = evidence.activities.filter(
    ({ kind, direction }) => kind === 'network' && direction === 'outbound',
  );
  const used = new Set();
  const byKind = Object.fromEntries(kinds.map((kind) => [kind, { planted: 0, found: 0 }]));
  const ops = {
    tcp: 'connect',
    udp: 'send',
    refused: 'attempt',
    unreachable: 'attempt',
    io_uring: 'send',
  };
  for (const one of planted) {
    byKind[one.kind].planted += 1;
    const match = found.find(
      (activity) =>
        !used.has(activity) &&
        activity.op === ops[one.kind] &&
        activity.remote?.port === one.port &&
        (one.local === undefined || activity.localPort === one.local) &&
        activity.atMs > one.at - APART_MS &&
        activity.atMs < one.until + APART_MS,
    );
    if (match === undefined) continue;
    used.add(match);
    byKind[one.kind].found += 1;
  }
  const ends = new Set([...used].map(endsOf));
  // What moves on a planted connection after a look at everything is told apart from its opening, and is its own.
  const isPart = (activity) => activity.op !== 'connect' && ends.has(endsOf(activity));
  const strangers = found.filter((one) => !used.has(one) && !isSilent(one) && !isPart(one));
  return { byKind, strangers };
}

function endsOf({ protocol, localPort, remote }) {
  return JSON.stringify([protocol, localPort, remote?.ip, remote?.port]);
}

/** A look between connect(2) and send(2) of a datagram socket; beside a trace that missed nothing, no rule counts it. */
function isSilent({ collector, protocol, op }) {
  return collector === 'sockets' && protocol === 'udp' && op === 'connect';
}

/** What the namespace counted, less the watchdog's own share. */
export function counted({ evidence }) {
  const grew = (name) => {
    const values = evidence.counters.flatMap(({ scope, values: { [name]: value } }) =>
      scope.startsWith('network:') && value !== undefined ? [value] : [],
    );
    return values.length === 0 ? 0 : values.at(-1) - values[0];
  };
  const own = (name) => evidence.controls.planted.filter((one) => one.name === name).length;
  return {
    connections: grew('tcpActiveOpens') - own('tcp'),
    datagrams: grew('udpOutDatagrams') + grew('udp6OutDatagrams') - own('udp'),
    withoutRoute: grew('ipOutNoRoutes'),
  };
}

/** TCP connections that polling came across. */
export function polledShare({ planted, polled }) {
  const tcp = planted.filter(({ kind }) => kind === 'tcp');
  const ports = new Set([...polled].map((key) => Number(key.split(' ')[1])));
  return {
    planted: tcp.length,
    found: tcp.filter(({ local }) => ports.has(local)).length,
  };
}
