import { describe, expect, it } from 'vitest';
import { Recordings } from '../../../../../src/collectors/linux/trace/recordings.ts';
import { missingClaims } from '../../../../../src/collectors/linux/trace/needs.ts';
import { tracePages } from '../../../../support/trace-fixtures.ts';
import { RecordedInstance } from './instance.ts';

/** What is opened one after the other: acts, wakes, starts, workers. */
function opened(fail: readonly number[] = [], lacking: readonly string[] = []) {
  const instances: RecordedInstance[] = [];
  const options: object[] = [];
  let prepare: (instance: RecordedInstance, nth: number) => void = () => {};
  const open = (option: object): RecordedInstance => {
    options.push(option);
    if (fail.includes(options.length)) throw new Error('no space');
    const instance = new RecordedInstance();
    instance.lacking = lacking;
    prepare(instance, instances.length);
    instances.push(instance);
    return instance;
  };
  const onOpened = (prepareIt: typeof prepare): void => {
    prepare = prepareIt;
  };
  return { instances, options, onOpened, recordings: () => new Recordings(open) };
}

describe('what is recorded', () => {
  it('is of the targets and their children, but for programs that anybody starts and connections that come to them', () => {
    const { instances, options, recordings } = opened();
    const made = recordings();
    made.start();
    expect(options).toEqual([
      { followForks: true },
      { followForks: true },
      { followForks: false, bufferKb: 64 },
    ]);
    const [acts, wakes, host] = instances.map(({ log }) => log);
    expect(acts?.slice(0, 3)).toEqual([
      'filter sock/sock_send_length: family != 1 && family != 16',
      'filter sock/sock_recv_length: family != 1 && family != 16',
      'filter syscalls/sys_enter_socket: family == 44',
    ]);
    expect(acts?.join()).not.toMatch(/sched_waking|signal_generate|sys_enter_(?!socket)/);
    expect(wakes).toHaveLength(12);
    expect([...(host ?? [])].sort()).toEqual([
      'enable cgroup/cgroup_attach_task',
      'enable sched/sched_process_exec',
      'enable sock/inet_sock_set_state',
      'enable task/task_newtask',
      'filter sock/inet_sock_set_state: oldstate == 3 && (sport == 0)',
      'filter task/task_newtask: clone_flags & 0x200000000',
    ]);
    expect(host?.slice(0, 2).join()).toMatch(/^filter.*,filter/);
    expect(acts?.join()).not.toContain('cgroup');
    expect(made.recordArrivals([80, 8080])).toBe(true);
    expect(host?.at(-1)).toBe(
      'filter sock/inet_sock_set_state: oldstate == 3 && (sport == 80 || sport == 8080)',
    );
  });

  it.each([
    ['acts', 0],
    ['wakes', 1],
  ])('lacks a thread whose %s cannot be recorded', (_, index) => {
    const { instances, recordings } = opened();
    const made = recordings();
    instances[index]!.refused = [{ tid: 8, reason: 'no memory' }];
    expect(made.follow([7, 8])).toEqual([{ tid: 8, reason: 'no memory' }]);
  });

  it.each([
    ['what targets do', 0, true],
    ['why they wake', 1, false],
    ['programs of others', 2, false],
    ['workers', 3, true],
  ])('says that somebody else wrote, or may have, where %s is recorded, if claims rest on it', (...given) => {
    const [, index, expected] = given;
    const { instances, recordings } = opened();
    const made = recordings();
    made.start();
    made.recordWorkers();
    expect(made.meddling).toBeNull();
    instances[index]!.unwatched = 'too many watches';
    expect(made.meddling).toBe(
      expected ? "whether somebody else writes to the kernel's trace is not known: too many watches" : null,
    );
    instances[index]!.foreignWrite = 'tracing_on';
    expect(made.meddling).toBe(expected ? "somebody else wrote to tracing_on of the kernel's trace" : null);
  });

  it('goes on without the starts of others, and says at each reading that they are missing', () => {
    const { recordings } = opened([3]);
    const made = recordings();
    expect(made.readHost(0, false)).toMatchObject({ lost: null, isComplete: false });
    made.start();
    expect(made.readHost(0, true)).toMatchObject({ lost: null, isComplete: false });
  });

  it('goes on without them where only a part of them can be recorded', () => {
    const { instances, recordings, onOpened } = opened();
    const made = recordings();
    onOpened((instance, nth) => {
      if (nth === 2) instance.refusedEvents = ['sock/inet_sock_set_state'];
    });
    made.start();
    expect(made.readHost(0, true)).toMatchObject({ lost: null, isComplete: false });
    expect([made.isHostOurs, made.recordArrivals([80])]).toEqual([false, false]);
    expect(instances[2]?.log.at(-1)).toBe('close');
  });

  it('says the same when they cannot be read any more', () => {
    const { instances, recordings } = opened();
    const made = recordings();
    made.start();
    expect(made.readHost(0, false)).toMatchObject({ lost: 0, isComplete: true });
    instances[2]!.problem = new Error('gone');
    expect(made.readHost(0, false)).toMatchObject({ lost: null, isComplete: false });
    expect(() => made.readActs(0, false)).not.toThrow();
  });

  it('is nothing at all where there is no room for half of it', () => {
    const { instances, recordings } = opened([2]);
    expect(recordings).toThrow('no space');
    expect(instances[0]?.log).toEqual(['close']);
  });

  it('switches wakes only when that changes', () => {
    const { instances, recordings } = opened();
    const made = recordings();
    made.start();
    const before = instances[1]!.log.length;
    made.recordWakes(true);
    expect(instances[1]!.log).toHaveLength(before);
    made.recordWakes(false);
    made.recordWakes(false);
    expect(instances[1]!.log.slice(before).every((line) => line.startsWith('disable '))).toBe(true);
    expect(instances[1]!.log).toHaveLength(2 * before);
  });

  it('takes in the workers of io_uring of all processes, from then on', () => {
    const { instances, recordings } = opened();
    const made = recordings();
    made.start();
    made.recordWorkers();
    made.recordWorkers();
    expect(instances).toHaveLength(4);
    const [filters, enabled] = [/^filter/, /^enable/].map((kind) =>
      instances[3]!.log.filter((line) => kind.test(line)),
    );
    expect(filters).toHaveLength(enabled!.length);
    expect(filters?.every((line) => line.endsWith('comm ~ "iou-*"'))).toBe(true);
    expect(made.readActs(0, false)).toHaveLength(2);
  });

  it('has what a worker of io_uring does in one recording only: it may be followed as a thread, too', () => {
    const { instances, recordings } = opened();
    const made = recordings();
    made.start();
    const before = instances[0]!.log.length;
    made.recordWorkers();
    expect(instances[0]!.log.slice(before).sort()).toEqual([
      'filter fib/fib_table_lookup: !(comm ~ "iou-*")',
      'filter fib6/fib6_table_lookup: !(comm ~ "iou-*")',
      'filter sock/inet_sock_set_state: !(comm ~ "iou-*")',
      'filter sock/sock_recv_length: family != 1 && family != 16 && !(comm ~ "iou-*")',
      'filter sock/sock_send_length: family != 1 && family != 16 && !(comm ~ "iou-*")',
      'filter tcp/tcp_rcv_space_adjust: !(comm ~ "iou-*")',
    ]);
  });

  it.each([
    ['the workers', 0],
    ['everybody else', 3],
  ])(
    'keeps %s waiting where the others could not be read to their end: each goes on from the other',
    (_, busy) => {
      const { instances, recordings } = opened();
      const made = recordings();
      made.start();
      made.recordWorkers();
      const LATE = Number.MAX_SAFE_INTEGER;
      const countOf = (thoroughly = false): number[] =>
        made.readActs(LATE, thoroughly).map(({ records }) => records.length);
      const whole = { pages: tracePages('pages.bin'), isOver: true };
      instances[0]!.drains = [whole];
      instances[3]!.drains = [whole];
      const [acts, workers] = countOf();
      expect(acts).toBeGreaterThan(0);
      expect(workers).toBeGreaterThan(0);
      for (const instance of [instances[0]!, instances[3]!]) instance.drains = [whole];
      instances[busy]!.drains = Array.from({ length: 5 }, (__, at) => ({
        pages: at === 0 ? whole.pages : [],
        isOver: false,
      }));
      instances[busy]!.counts.entries = 7;
      expect(countOf()).toEqual([0, 0]);
      instances[busy]!.counts.entries = 0;
      expect(countOf()).toEqual([acts, workers]);
      expect(countOf()).toEqual([0, 0]);
    },
  );

  it('follows with all that follow, and tells who was refused', () => {
    const { instances, recordings } = opened();
    const made = recordings();
    instances[0]!.refused = [{ tid: 8, reason: 'no memory' }];
    expect(made.follow([7, 8])).toEqual([{ tid: 8, reason: 'no memory' }]);
    expect(instances.map(({ log }) => log)).toEqual([['follow 7 8'], ['follow 7 8']]);
  });

  it('closes everything, whatever fails', () => {
    const { instances, recordings } = opened();
    const made = recordings();
    made.start();
    made.recordWorkers();
    instances[0]!.problem = new Error('busy');
    expect(() => made.close()).toThrow('busy');
    expect(instances.every(({ log }) => log.at(-1) === 'close')).toBe(true);
  });
});

describe('a kernel without some events', () => {
  it.each([
    ['sock/sock_send_length', 'what is sent'],
    ['sock/sock_recv_length', 'what is received'],
    ['sock/inet_sock_set_state', 'TCP connections'],
    ['fib6/fib6_table_lookup', 'addresses of datagrams'],
    ['task/task_newtask', 'processes and threads'],
    ['sched/sched_process_exit', 'processes and threads'],
  ])('without %s cannot claim all, and says what not', (event, claim) => {
    const { missing } = opened([], [event]).recordings();
    expect(missing).toContain(claim);
    expect(missing).toContain(event);
  });

  it('says why: another layout is another matter than none at all', () => {
    const { instances, recordings } = opened();
    const made = recordings();
    expect(made.missing).toBeNull();
    const strange = new RecordedInstance();
    strange.formats = () => new Map([['sock/sock_send_length', 'name: sock_send_length']]);
    const missing = new Recordings(() => strange).missing;
    expect(missing).toContain('sock/sock_recv_length: this kernel does not have it');
    expect(missing).toMatch(/sock\/sock_send_length: (?!this kernel does not have it)/);
    expect(instances).toHaveLength(2);
  });

  it('can claim all without what only adds to it', () => {
    expect(opened().recordings().missing).toBeNull();
    const extras = ['tcp/tcp_rcv_space_adjust', 'sched/sched_waking', 'syscalls/sys_enter_futex'];
    expect(opened([], extras).recordings().missing).toBeNull();
    expect(missingClaims((event) => event)).toContain('TCP connections, what is sent, what is received');
  });
});
