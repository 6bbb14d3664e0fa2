import type { Procfs } from '../os/procfs.ts';
import type { Guard } from './guard.ts';
import type { Registry } from './registry.ts';
import type { TargetState } from './target-state.ts';

/** What the parts of a target set have in common: the host, who is out of bounds there, who is watched, and for which targets. */
export interface Surroundings {
  procfs: Procfs;
  guard: Guard;
  registry: Registry;
  /** By name. */
  targets: ReadonlyMap<string, TargetState>;
}
