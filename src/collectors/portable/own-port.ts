import { createServer, type AddressInfo } from 'node:net';

/** A port of our own that every list of connections has to show: a list that does not is worth nothing. */
export interface OwnPort {
  port: number;
  close(): void;
}

/** Listens on the loopback interface; nobody is told of it, and it does not keep the program alive. */
export async function openOwnPort(): Promise<OwnPort> {
  const server = createServer((socket) => socket.destroy()).unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve());
  });
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
