import { startProgram, startPython } from '../../support/programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

/** Takes connections and says nothing. */
const LISTENS = `
import socket
s = socket.create_server(('127.0.0.1', {port}), backlog=9)
held = []
while True: held.append(s.accept()[0])
`;

export const socatKeepalive: ZooProgram = {
  name: 'socat, keepalive',
  commands: ['socat', 'python3'],
  truth: { ...STILL, keepalives: true },
  about: 'nothing itself; the kernel keeps its connection alive every three seconds',
  start: async (keep) => {
    const { port } = await keep(startPython(LISTENS, true));
    const remote = `TCP:127.0.0.1:${port},keepalive,keepidle=3,keepintvl=3,keepcnt=5`;
    return keep(startProgram(() => ['socat', '-u', remote, 'OPEN:/dev/null'], [], null));
  },
};
