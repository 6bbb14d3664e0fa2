// What is planted when, from a seed: the same seed gives the same plan.

/** What can be planted, on whom, and the rule that must tell of each, once. */
export const KINDS = {
  row: { target: 'demo', rule: 'background-tool-run', title: 'a row tool_run that nobody asked for' },
  proxied: { target: 'nginx', rule: 'network-activity', title: 'nginx calls a server behind it' },
  migrated: { target: 'redis', rule: 'network-activity', title: 'redis-server sends a key to another one' },
  forked: { target: 'redis', rule: 'child-process', title: 'redis-server forks, to save' },
};

/** Two of them are further apart than that: what happens on one connection within a tick counts once. */
const APART_MS = 4000;
/** A user chats once in so many windows: each time a window closes, and the next opens when it has been quiet again. */
const WINDOWS_A_CHAT = 4;

/**
 * When to plant what, in ms from the beginning, in order: about one activity a window, so that a third of them stay quiet, and chats.
 * `durationMs`, `windowMs`: of the run and of a window.
 */
export function makePlan({ seed, durationMs, windowMs }) {
  const draw = random(seed);
  const kinds = Object.keys(KINDS);
  const plan = [];
  const arrivals = (meanMs, make) => {
    for (let atMs = -meanMs * Math.log(1 - draw()); atMs < durationMs; atMs += -meanMs * Math.log(1 - draw()))
      plan.push({ atMs, kind: make() });
  };
  arrivals(windowMs, () => kinds[Math.floor(draw() * kinds.length)]);
  arrivals(WINDOWS_A_CHAT * windowMs, () => 'chat');
  plan.sort((one, other) => one.atMs - other.atMs);
  return plan.filter(({ atMs }, at) => at === 0 || atMs - plan[at - 1].atMs >= APART_MS);
}

/** Numbers in [0, 1) from a seed (a linear congruential generator of 48 bits, as drand48(3)). */
function random(seed) {
  let state = (BigInt(seed) << 16n) | 0x330en;
  return () => {
    state = (state * 0x5deece66dn + 11n) & 0xffffffffffffn;
    return Number(state >> 16n) / 2 ** 32;
  };
}
