import type { Scene } from './scene.ts';

/** The rules of rules.yaml. */
export type RuleId = 'calls' | 'tools' | 'children' | 'cpu' | 'lines' | 'writes';

/** Something that no idle app may do. */
export interface Activity {
  name: string;
  /** The rule that must not pass where it happened. */
  rule: RuleId;
  /** For people: what is done. */
  does: string;
  /** Does it once, really; returns when it is done. */
  act(scene: Scene): Promise<void>;
}
