import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Somebody to call, who says nothing on his own: a TCP server that reads and closes, and a UDP socket that nobody reads. */
export interface Peer {
  tcpPort: number;
  udpPort: number;
  stop(): Promise<void>;
}

const PROGRAM = `
import socket, sys, threading
tcp = socket.create_server(('127.0.0.1', 0), backlog=99)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(('127.0.0.1', 0))
print(tcp.getsockname()[1], udp.getsockname()[1], flush=True)
while True:
    near, _ = tcp.accept()
    try:
        near.recv(9)
    except ConnectionError:
        pass
    near.close()
`;

export async function startPeer(): Promise<Peer> {
  const child = spawn('python3', ['-c', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const [tcpPort = 0, udpPort = 0] = line.split(' ').map(Number);
  return {
    tcpPort,
    udpPort,
    stop: async () => {
      const ended = once(child, 'exit');
      if (child.kill('SIGKILL')) await ended;
    },
  };
}
