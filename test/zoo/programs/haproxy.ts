import { startHaproxy } from '../../support/debian-programs.ts';
import { startPython } from '../../support/programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

/** An HTTP server that answers with nothing. */
const ANSWERS = `
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header('Content-Length', '0'); self.end_headers()
http.server.HTTPServer(('127.0.0.1', {port}), Handler).serve_forever()
`;

export const haproxy: ZooProgram = {
  name: 'haproxy',
  commands: ['haproxy', 'python3'],
  truth: { ...STILL, network: { everySeconds: 2 }, timers: { everySeconds: 1 } },
  about: 'a health check every two seconds, each on a connection of some milliseconds',
  start: async (keep) => {
    const { port } = await keep(startPython(ANSWERS, true));
    const { pid } = await keep(startHaproxy(port));
    return { pid, calls: { protocol: 'tcp', port } };
  },
};
