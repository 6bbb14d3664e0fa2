/**
 * Where the demo's background agent reports to: a process of its own, since it stands for somebody else's server.
 * Prints one line of JSON when it is ready: {"pid":…,"port":…}. Ends when its standard input does.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(204).end();
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ pid: process.pid, port })}\n`);
});

process.stdin.once('end', () => process.exit(0)).resume();
