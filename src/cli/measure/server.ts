import type { Command } from 'commander';
import type { MeasureKind } from '../../model/measure-document.ts';
import type { Selector, TargetSpec } from '../../model/target.ts';
import { Procfs } from '../../os/procfs.ts';
import { resolveTargets } from '../../targets/target-set.ts';
import { IdleproofError } from '../../errors.ts';
import { type Refuse, refuser } from '../../errors/refuse.ts';
import { type SelectorOptions, targetsOf } from '../target-options.ts';
import { withSelectors } from '../selector-options.ts';

export type ServerOptions = SelectorOptions;

/** Options that name the process that answers, for where its port does not. */
export const withServer = (command: Command): Command => withSelectors(command);

export interface Server {
  /** Its name in the evidence. */
  target: string;
  /** null: no process of it can be looked at. */
  server: TargetSpec | null;
  selector: Selector;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Who answers at an address: the target that is named, or else who listens there on this machine. */
export function serverOf(kind: MeasureKind, url: URL, options: ServerOptions): Server {
  const refuse: Refuse = refuser(`measure ${kind}`);
  const [named, ...others] = targetsOf(options, [], refuse);
  if (others.length > 0) refuse('--target', 'one server is measured at a time');
  if (named !== undefined) return { target: named.name, server: named, selector: named.select };
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const select: Selector = { by: 'port', port };
  const server: TargetSpec = { name: `port-${port}`, select, tree: true, events: null };
  if (LOOPBACK.test(url.hostname) && canBeSeen(server))
    return { target: server.name, server, selector: select };
  const target = url.hostname.replaceAll(/[^\w.-]/g, '') || 'server';
  return { target, server: null, selector: { by: 'command', argv: ['idleproof', 'measure', kind] } };
}

function canBeSeen(server: TargetSpec): boolean {
  try {
    resolveTargets([server], { procfs: new Procfs(), nowMs: () => Date.now() });
    return true;
  } catch (error) {
    if (error instanceof IdleproofError) return false;
    throw error;
  }
}
