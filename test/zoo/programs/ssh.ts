import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSshd } from '../../support/debian-programs.ts';
import { startProgram } from '../../support/programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const ssh: ZooProgram = {
  name: 'ssh, ServerAliveInterval 7',
  commands: ['ssh', 'sshd', 'ssh-keygen'],
  needsRoot: true,
  truth: { ...STILL, network: { everySeconds: 7 }, timers: { everySeconds: 7 } },
  about: 'asks every seven seconds whether the server is there, encrypted, on one connection',
  start: async (keep) => {
    const allows = (folder: string) => [`AuthorizedKeysFile=${folder}/authorized_keys`, 'StrictModes=no'];
    const server = await keep(startSshd(allows));
    const key = join(server.folder, 'user');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    writeFileSync(join(server.folder, 'authorized_keys'), readFileSync(`${key}.pub`));
    const options = [
      'ServerAliveInterval=7',
      'BatchMode=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
    ].flatMap((one) => ['-o', one]);
    const argv = ['ssh', '-F', 'none', '-i', key, '-p', String(server.port), ...options];
    const { pid } = await keep(startProgram(() => [...argv, '-N', 'root@127.0.0.1'], [], null));
    return { pid, calls: { protocol: 'tcp', port: server.port } };
  },
};
