import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Activity } from '../activity.ts';

const PROGRAM = `
import sqlite3, sys, datetime
now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(milliseconds=float(sys.argv[2]))
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
stamp = now.strftime('%Y-%m-%dT%H:%M:%S.%f')[:-3] + 'Z'
db.execute("INSERT INTO events (type, created_at) VALUES ('tool_run', ?)", [stamp])
`;

export const row: Activity = {
  name: 'row',
  rule: 'tools',
  does: "another process writes a tool_run row into the app's events table, stamped with the time",
  act: async ({ database, clockOffsetMs }) => {
    const child = spawn('python3', ['-c', PROGRAM, database, `${clockOffsetMs}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let problem = '';
    child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`the row was not written: ${problem}`);
  },
};
