import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Program, startProgram } from './programs.ts';

/**
 * nginx, master and one worker: runs no instruction while idle.
 * @param accessLog where it logs requests as JSON lines; left out: nowhere
 */
export async function startNginx(accessLog?: string): Promise<Program> {
  const nginx = await startProgram((folder, port) => {
    mkdirSync(join(folder, 't'));
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/t;`,
    );
    const format =
      '{"time":"$time_iso8601","event":"request","id":"$request_id","status":$status,"request_time_s":$request_time}';
    const access =
      accessLog === undefined
        ? 'access_log off;'
        : `log_format lines escape=json '${format}'; access_log ${accessLog} lines;`;
    // The worker opens its logs again as its own user.
    const user = accessLog !== undefined && process.geteuid?.() === 0 ? 'user root; ' : '';
    writeFileSync(
      join(folder, 'nginx.conf'),
      `${user}worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; events {}
http { ${access} ${paths.join(' ')} server { listen 127.0.0.1:${port}; return 200 ok; } }\n`,
    );
    return ['nginx', '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log'), '-g', 'daemon off;'];
  });
  // It listens before it starts its worker.
  while (readFileSync(`/proc/${nginx.pid}/task/${nginx.pid}/children`, 'utf8') === '') await sleep(20);
  return nginx;
}

const redisServer = (folder: string, port: number): string[] =>
  `redis-server --bind 127.0.0.1 --port ${port} --dir ${folder} --save`.split(' ').concat('');

/** redis-server: wakes every 0.1 s, no network. */
export const startRedis = (inside: readonly string[] = []): Promise<Program> =>
  startProgram(redisServer, inside);

/** redis-sentinel watching a redis-server: talks to it every second on connections that it keeps open. */
export const startSentinel = (redisPort: number, inside: readonly string[] = []): Promise<Program> =>
  startProgram((folder, port) => {
    const config = join(folder, 'sentinel.conf');
    writeFileSync(
      config,
      `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor m 127.0.0.1 ${redisPort} 1\nsentinel down-after-milliseconds m 5000\n`,
    );
    return ['redis-sentinel', config];
  }, inside);

/** redis-server as a replica of another one: acknowledges every second on the connection that it keeps open. */
export async function startReplica(masterPort: number): Promise<Program> {
  const replica = await startProgram((folder, port) => [
    ...redisServer(folder, port),
    '--replicaof',
    '127.0.0.1',
    String(masterPort),
  ]);
  return untilItSays(replica, 'INFO replication\r\n', 'master_link_status:up');
}

const ASKED_EVERY_MS = 200;

/** Asks a program over and over until its answer has what is wanted; stops it where it never does. */
async function untilItSays(program: Program, request: string, wanted: string): Promise<Program> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (await says(program.port, request, wanted)) return program;
    await sleep(ASKED_EVERY_MS);
  }
  await program.stop();
  throw new Error(`the program does not say ${wanted}`);
}

function says(port: number, request: string, wanted: string): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setTimeout(ASKED_EVERY_MS, () => socket.destroy());
    socket.on('error', () => {}).once('close', () => resolve(answer.includes(wanted)));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes(wanted)) socket.destroy();
    });
  });
}

const chronyd = (folder: string, lines: readonly string[]): string[] => {
  const config = join(folder, 'chrony.conf');
  writeFileSync(config, [...lines, 'cmdport 0', 'bindcmdaddress /', `pidfile ${folder}/pid`, ''].join('\n'));
  return ['chronyd', '-x', '-d', '-u', 'root', '-f', config];
};

/** chronyd as a time server on loopback, by UDP. */
export const startTimeServer = (): Promise<Program> =>
  startProgram(
    (folder, port) =>
      chronyd(folder, ['local stratum 8', 'allow 127.0.0.0/8', 'bindaddress 127.0.0.2', `port ${port}`]),
    [],
    'udp',
  );

/** chronyd asking it every 2 s, or 2 to the power of that, from a new socket each time. */
export const startTimeClient = (serverPort: number, poll = 1): Promise<Program> =>
  startProgram(
    (folder) =>
      chronyd(folder, [`server 127.0.0.2 port ${serverPort} minpoll ${poll} maxpoll ${poll}`, 'port 0']),
    [],
    null,
  );

/** prometheus-node-exporter: answers who asks. */
export const startExporter = (): Promise<Program> =>
  startProgram((_, port) => [
    'prometheus-node-exporter',
    `--web.listen-address=127.0.0.1:${port}`,
    '--collector.disable-defaults',
    '--collector.loadavg',
  ]);

/** prometheus asking it every 2 s, or as said, on a connection that it keeps open; it begins some seconds after its start. */
export async function startPrometheus(exporterPort: number, every = '2s'): Promise<Program> {
  const prometheus = await startProgram((folder, port) => {
    const config = join(folder, 'prometheus.yml');
    const jobs = `[{ job_name: e, static_configs: [{ targets: ["127.0.0.1:${exporterPort}"] }] }]`;
    writeFileSync(
      config,
      `global: { scrape_interval: ${every}, scrape_timeout: 1s }\nscrape_configs: ${jobs}\n`,
    );
    return [
      'prometheus',
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
  });
  return untilItSays(prometheus, 'GET /api/v1/targets HTTP/1.0\r\n\r\n', '"health":"up"');
}

/** prometheus-alertmanager, which tells a webhook of what it was told, every second. */
export async function startAlertmanager(webhook: string): Promise<Program> {
  const alertmanager = await startProgram((folder, port) => {
    const config = join(folder, 'alertmanager.yml');
    const route = 'receiver: r, group_by: ["..."], group_wait: 1s, group_interval: 1s, repeat_interval: 1h';
    const receiver = `name: r, webhook_configs: [{ url: "${webhook}", send_resolved: true }]`;
    writeFileSync(config, `route: { ${route} }\nreceivers: [{ ${receiver} }]\n`);
    return [
      'prometheus-alertmanager',
      `--config.file=${config}`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      // No cluster: it would take a port of its own.
      '--cluster.listen-address=',
    ];
  });
  return untilItSays(alertmanager, 'GET /-/ready HTTP/1.0\r\n\r\n', '200 OK');
}

/** haproxy: connects to the server behind it every 2 s to see whether it is there, and has a timer of 1 s of its own. */
export const startHaproxy = (serverPort: number): Promise<Program> =>
  startProgram((folder, port) => {
    const config = join(folder, 'haproxy.cfg');
    const lines = [
      'global\n nbthread 1',
      'defaults\n mode http\n timeout connect 1s\n timeout client 10s\n timeout server 10s',
      `frontend f\n bind 127.0.0.1:${port}\n default_backend b`,
      `backend b\n option httpchk GET /\n server s 127.0.0.1:${serverPort} check inter 2s`,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    return ['haproxy', '-db', '-f', config];
  });

/** memcached: its clock and its LRU maintainer wake every second, each in a thread of its own. */
export const startMemcached = (): Promise<Program> =>
  startProgram((_, port) => ['memcached', '-l', '127.0.0.1', '-p', `${port}`, '-U', '0', '-u', 'nobody']);

/** sshd as root: runs no instruction while nobody logs in. It is given a /run of its own for its empty folder. `more`: options, made of its folder. */
export const startSshd = (more: (folder: string) => string[] = () => []): Promise<Program> =>
  startProgram(
    (folder, port) => {
      const key = join(folder, 'key');
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
      const options = ['ListenAddress=127.0.0.1', `PidFile=${folder}/pid`, ...more(folder)].flatMap((one) => [
        '-o',
        one,
      ]);
      return ['/usr/sbin/sshd', '-D', '-f', '/dev/null', '-p', `${port}`, '-h', key, ...options];
    },
    ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"', 'sh'],
  );

/** watch of procps on a terminal of its own: forks every 2 s, or as said, and the fork starts a shell for the command. */
export const startWatch = (command = 'true', seconds = 2): Promise<Program> =>
  startProgram(
    () => ['env', 'TERM=xterm', 'script', '-qfc', `exec watch -n ${seconds} '${command}'`, '/dev/null'],
    [],
    null,
  );
