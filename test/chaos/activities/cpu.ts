import type { Activity } from '../activity.ts';

export const cpu: Activity = {
  name: 'cpu',
  rule: 'cpu',
  does: 'the target computes until it has used 0.6 s of CPU time',
  act: ({ driver }) =>
    driver.run(
      `exec("""end = time.thread_time() + 0.6\\nwhile time.thread_time() < end: sum(range(10_000))""")`,
    ),
};
