import type { Activity } from '../activity.ts';
import { child } from './child.ts';
import { cpu } from './cpu.ts';
import { file } from './file.ts';
import { log } from './log.ts';
import { row } from './row.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';

export const ACTIVITIES: readonly Activity[] = [tcp, udp, row, child, cpu, log, file];
