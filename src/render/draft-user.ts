import type { DiscoveredTarget } from '../model/discovery.ts';

/** What a draft takes for somebody using the app. */
export interface DraftUser {
  causes: { activity: 'event' | 'network'; match: Record<string, string | string[]> }[];
  comment: string[];
}

/** Rows that look like a user's; else whoever connects to the app. Nothing where it can neither be asked nor be called. */
export function draftUser(targets: readonly DiscoveredTarget[]): DraftUser {
  const isOne = targets.length === 1;
  const mine = (name: string): { target?: string } => (isOne ? {} : { target: name });
  const asked = targets.flatMap(({ name, events }) =>
    events === null || events.userTypes.length === 0
      ? []
      : [{ activity: 'event' as const, match: { ...mine(name), type: oneOrMore(events.userTypes) } }],
  );
  if (asked.length > 0) {
    return { causes: asked, comment: ['What counts as somebody using the app: rows of these types.'] };
  }
  const called = targets
    .filter(({ ports }) => ports.length > 0)
    .map(({ name }) => ({
      activity: 'network' as const,
      match: { ...mine(name), direction: 'inbound', op: 'accept' },
    }));
  return {
    causes: called,
    comment: [
      'What counts as somebody using the app: whoever connects to it, since no table tells of its users. Health checks and',
      'its own calls to itself count, too: where they come more often than the window waits, it never opens.',
    ],
  };
}

function oneOrMore(types: readonly string[]): string | string[] {
  const [first = '', ...others] = types;
  return others.length === 0 ? first : [...types];
}
