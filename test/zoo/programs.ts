import type { ZooProgram } from './program.ts';
import { alertmanager } from './programs/alertmanager.ts';
import { chronyd } from './programs/chronyd.ts';
import { chronydServer } from './programs/chronyd-server.ts';
import { dbus } from './programs/dbus.ts';
import { haproxy } from './programs/haproxy.ts';
import { memcached } from './programs/memcached.ts';
import { nginx } from './programs/nginx.ts';
import { postgres } from './programs/postgres.ts';
import { postgresAutovacuum } from './programs/postgres-autovacuum.ts';
import { prometheus } from './programs/prometheus.ts';
import { nodeExporter } from './programs/prometheus-node-exporter.ts';
import { pythonHttp } from './programs/python-http.ts';
import { redis } from './programs/redis.ts';
import { redisCli } from './programs/redis-cli.ts';
import { redisMaster } from './programs/redis-master.ts';
import { redisReplica } from './programs/redis-replica.ts';
import { redisSentinel } from './programs/redis-sentinel.ts';
import { socatKeepalive } from './programs/socat-keepalive.ts';
import { ssh } from './programs/ssh.ts';
import { sshd } from './programs/sshd.ts';
import { tail } from './programs/tail.ts';
import { vmstat } from './programs/vmstat.ts';
import { watchSlow } from './programs/watch-slow.ts';
import { watch } from './programs/watch.ts';
import { watchCurl } from './programs/watch-curl.ts';

/** The zoo: first who does nothing, then who only wakes, then who calls or starts somebody. */
export const PROGRAMS: readonly ZooProgram[] = [
  nginx,
  sshd,
  dbus,
  tail,
  socatKeepalive,
  redis,
  redisMaster,
  memcached,
  pythonHttp,
  vmstat,
  postgres,
  alertmanager,
  nodeExporter,
  chronydServer,
  redisReplica,
  redisSentinel,
  redisCli,
  prometheus,
  haproxy,
  chronyd,
  ssh,
  watchCurl,
  watchSlow,
  watch,
  postgresAutovacuum,
];
