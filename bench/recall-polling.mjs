// Local ports of all TCP connections, as systeminformation sees them once a second. One line each, when first seen.
import si from 'systeminformation';

const seen = new Set();
for (;;) {
  const next = Date.now() + 1000;
  for (const { protocol, localPort, peerPort, state, pid } of await si.networkConnections()) {
    const key = `${protocol} ${localPort} ${peerPort}`;
    // Without a process it is a connection that has ended, and nobody knows whose it was.
    if (state === 'LISTEN' || !pid || seen.has(key)) continue;
    seen.add(key);
    console.log(key);
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
}
