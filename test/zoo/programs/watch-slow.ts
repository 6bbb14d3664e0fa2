import { join } from 'node:path';
import { startWatch } from '../../support/debian-programs.ts';
import { startPython } from '../../support/programs.ts';
import { notedTimes, NOTES_TIME } from '../noted-times.ts';
import { STILL, type ZooProgram } from '../program.ts';

/** An HTTP server that thinks before it answers. */
const THINKS = `
import http.server, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(3); self.send_response(200); self.send_header('Content-Length', '0'); self.end_headers()
http.server.HTTPServer(('127.0.0.1', {port}), Handler).serve_forever()
`;

export const watchSlow: ZooProgram = {
  name: 'watch -n 3 curl, of a slow server',
  commands: ['watch', 'script', 'date', 'curl', 'python3'],
  truth: {
    ...STILL,
    network: { everySeconds: 6 },
    spawns: { everySeconds: 6 },
    timers: { everySeconds: 6 },
  },
  about: 'a process that waits three seconds for its answer, and three seconds until the next',
  start: async (keep) => {
    const { port } = await keep(startPython(THINKS, true));
    const command = `${NOTES_TIME}; curl -s http://127.0.0.1:${port}/`;
    const { pid, folder } = await keep(startWatch(command, 3));
    return {
      pid,
      calls: { protocol: 'tcp', port },
      startedAtMs: notedTimes(join(folder, 'times')),
    };
  },
};
