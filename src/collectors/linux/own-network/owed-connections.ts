import type { DestroyedSocket } from '../../../core/parse/ss-event.ts';
import type { NetworkActivity } from '../../../model/activity.ts';
import type { OwnCounts } from './counts.ts';

type Direction = NetworkActivity['direction'];
type Side = 'opened' | 'accepted';

const sideOf = (direction: Direction): Side => (direction === 'inbound' ? 'accepted' : 'opened');

/** How many of the connections that a namespace has counted were told as activities, by who began them. */
export class OwedConnections {
  readonly #told: Record<Side, number>;
  #failedTold: number;

  /** What was there at the first look is owed to nobody. */
  constructor({ opened, accepted, failed }: OwnCounts) {
    this.#told = { opened, accepted };
    this.#failedTold = failed;
  }

  /** How many had been counted at a look and are not told yet; one that comes when none is was told without its address. */
  at(direction: Direction, counts: OwnCounts): number {
    const side = sideOf(direction);
    return counts[side] - this.#told[side];
  }

  /** One was told, unless all that were counted had been. */
  tell(direction: Direction, counts: OwnCounts): void {
    if (this.at(direction, counts) > 0) this.#told[sideOf(direction)] += 1;
  }

  /** All that had been counted by that look were told. */
  settle(direction: Direction, counts: OwnCounts): void {
    const side = sideOf(direction);
    this.#told[side] = Math.max(this.#told[side], counts[side]);
  }

  /** As what a connection is told of which only its end is known, or not even that. */
  opening(
    direction: Direction,
    { wasOpen }: Pick<DestroyedSocket, 'wasOpen'>,
    counts: OwnCounts,
  ): Pick<NetworkActivity, 'op' | 'direction' | 'protocol'> {
    if (direction === 'inbound') return { op: 'accept', direction, protocol: 'tcp' };
    const isFailed = !wasOpen && this.#failedTold < counts.failed;
    if (isFailed) this.#failedTold += 1;
    return { op: isFailed ? 'attempt' : 'connect', direction, protocol: 'tcp' };
  }
}
