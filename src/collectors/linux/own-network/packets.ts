import type { Known } from './activity.ts';
import type { growthOf, OwnCounts } from './counts.ts';
import { Steady } from './steady.ts';

/** Everything but TCP that was counted: each kind is told once a look, however many there were. */
export class Packets {
  readonly #icmp: Steady;
  readonly #others: Steady;

  constructor({ icmp, otherPackets }: OwnCounts) {
    this.#icmp = new Steady(icmp);
    this.#others = new Steady(otherPackets);
  }

  get isPending(): boolean {
    return this.#icmp.isPending || this.#others.isPending;
  }

  /** TCP segments that were sent in one packet with others: as many packets of other kinds may hide behind them. */
  get merged(): number {
    return this.#others.lost;
  }

  take(counts: OwnCounts, { datagrams, datagramsReceived }: ReturnType<typeof growthOf>): Known[] {
    return [
      ...(datagrams > 0 ? [{ op: 'send', protocol: 'udp' } as const] : []),
      ...(datagramsReceived > 0 ? [{ op: 'receive', protocol: 'udp', direction: 'inbound' } as const] : []),
      ...(this.#icmp.take(counts.icmp) > 0 ? [{ op: 'send', protocol: 'icmp' } as const] : []),
      ...(this.#others.take(counts.otherPackets) > 0 ? [{ op: 'send', protocol: 'raw' } as const] : []),
    ];
  }
}
