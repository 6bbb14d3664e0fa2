import {
  appendFileSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { type ChangeWatcher, watchChanges } from '../../../src/daemon/change-watcher.ts';

/** A folder with a configuration and a pack of its own, which are watched until the test is over. */
interface Scene {
  folder: string;
  config: string;
  pack: string;
  seen: { changes: number };
  watchThese: (...paths: string[]) => Promise<ChangeWatcher>;
  /** What is done is noticed, and once more when it is done again. */
  isNoticed: (save: (nth: number) => void | Promise<void>, times?: number) => Promise<void>;
  /** Returns when nothing was noticed for longer than it takes to be noticed: what follows is not taken for the rest of it. */
  untilQuiet: () => Promise<void>;
}

const COMPARE_MS = 500;
const QUIET_MS = 1_000;

function setScene({ onTestFinished }: TestContext): Scene {
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-changes-'))), 'app');
  mkdirSync(join(folder, 'rules'), { recursive: true });
  const config = join(folder, 'idleproof.yaml');
  const pack = join(folder, 'rules', 'ours.yaml');
  writeFileSync(config, 'one');
  writeFileSync(pack, 'one');
  const seen = { changes: 0 };
  let watcher: ChangeWatcher | null = null;
  onTestFinished(async () => {
    await watcher?.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });
  const untilQuiet = async (): Promise<void> => {
    do {
      seen.changes = 0;
      await sleep(QUIET_MS);
    } while (seen.changes > 0);
  };
  return {
    folder,
    config,
    pack,
    seen,
    untilQuiet,
    watchThese: async (...paths) => {
      watcher = watchChanges(paths, () => (seen.changes += 1), COMPARE_MS);
      await sleep(QUIET_MS);
      expect(seen.changes).toBe(0);
      return watcher;
    },
    isNoticed: async (save, times = 2) => {
      for (let nth = 1; nth <= times; nth += 1) {
        seen.changes = 0;
        await save(nth);
        for (let waited = 0; seen.changes === 0 && waited < 1_000; waited += 1) await sleep(50);
        expect(seen.changes, `the ${nth}. time`).toBeGreaterThan(0);
        await untilQuiet();
      }
    },
  };
}

describe.concurrent('changes of a configuration and its packs, as programs save files', () => {
  it('written in place', async (test) => {
    const { config, pack, watchThese, isNoticed } = setScene(test);
    await watchThese(config, pack);
    await isNoticed((nth) => writeFileSync(config, `text ${nth}`));
    await isNoticed((nth) => appendFileSync(pack, `text ${nth}`));
  });

  it('truncated, and written a while later', async (test) => {
    const { config, pack, seen, watchThese, isNoticed } = setScene(test);
    await watchThese(config, pack);
    await isNoticed(async (nth) => {
      const fd = openSync(config, 'w');
      await sleep(1_000);
      seen.changes = 0;
      writeSync(fd, `text ${nth}`);
      closeSync(fd);
    });
  });

  it('renamed over', async (test) => {
    const { config, pack, watchThese, isNoticed } = setScene(test);
    await watchThese(config, pack);
    for (const path of [config, pack]) {
      await isNoticed((nth) => {
        writeFileSync(`${path}.new`, `text ${nth}`);
        renameSync(`${path}.new`, path);
      });
    }
  });

  it('renamed over by a file of the same size and time', async (test) => {
    const { config, pack, watchThese, isNoticed } = setScene(test);
    await watchThese(config, pack);
    await isNoticed((nth) => {
      const { atime, mtime } = statSync(config);
      writeFileSync(`${config}.new`, `t${nth}x`);
      utimesSync(`${config}.new`, atime, mtime);
      renameSync(`${config}.new`, config);
    });
  });

  it('moved to a backup, and written anew (vim)', async (test) => {
    const { config, pack, watchThese, isNoticed } = setScene(test);
    await watchThese(config, pack);
    for (const path of [config, pack]) {
      await isNoticed((nth) => {
        renameSync(path, `${path}~`);
        writeFileSync(path, `text ${nth}`);
        unlinkSync(`${path}~`);
      });
    }
  });

  it('a backup linked, then renamed over (emacs)', async (test) => {
    const { config, pack, watchThese, isNoticed } = setScene(test);
    await watchThese(config, pack);
    await isNoticed((nth) => {
      linkSync(config, `${config}.${nth}~`);
      writeFileSync(`${config}.tmp`, `text ${nth}`);
      renameSync(`${config}.tmp`, config);
    });
  });

  it('deleted, and made again a while later', async (test) => {
    const { config, pack, seen, watchThese, isNoticed } = setScene(test);
    await watchThese(config, pack);
    for (const path of [config, pack]) {
      await isNoticed(async (nth) => {
        unlinkSync(path);
        await sleep(1_000);
        seen.changes = 0;
        writeFileSync(path, `text ${nth}`);
      });
      await isNoticed((nth) => writeFileSync(path, `again ${nth}`));
    }
  });

  it('a link that is replaced', async (test) => {
    const { folder, pack, watchThese, isNoticed } = setScene(test);
    const link = join(folder, 'link.yaml');
    symlinkSync('idleproof.yaml', link);
    await watchThese(link, pack);
    await isNoticed((nth) => {
      writeFileSync(join(folder, `version-${nth}.yaml`), `text ${nth}`);
      symlinkSync(`version-${nth}.yaml`, `${link}.new`);
      renameSync(`${link}.new`, link);
    });
    // What it leads to now.
    await isNoticed((nth) => writeFileSync(join(folder, 'version-2.yaml'), `more ${nth}`));
    await isNoticed((nth) => {
      writeFileSync(join(folder, 'version-2.new'), `more ${nth}`);
      renameSync(join(folder, 'version-2.new'), join(folder, 'version-2.yaml'));
    });
  });

  it('a link to a link of a folder that is swapped (Kubernetes)', async (test) => {
    const { folder, pack, watchThese, isNoticed } = setScene(test);
    const version = (nth: number): void => {
      mkdirSync(join(folder, `..v${nth}`));
      writeFileSync(join(folder, `..v${nth}`, 'mounted.yaml'), `text ${nth}`);
      symlinkSync(`..v${nth}`, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    version(0);
    symlinkSync('..data/mounted.yaml', join(folder, 'mounted.yaml'));
    await watchThese(join(folder, 'mounted.yaml'), pack);
    await isNoticed((nth) => {
      version(nth);
      rmSync(join(folder, `..v${nth - 1}`), { recursive: true });
    });
  });

  it('the folder replaced by another one (a deployment)', async (test) => {
    const { folder, config, pack, watchThese, isNoticed } = setScene(test);
    await watchThese(config, pack);
    await isNoticed((nth) => {
      const next = `${folder}.next`;
      mkdirSync(join(next, 'rules'), { recursive: true });
      writeFileSync(join(next, 'idleproof.yaml'), `text ${nth}`);
      writeFileSync(join(next, 'rules', 'ours.yaml'), `text ${nth}`);
      renameSync(folder, `${folder}.old-${nth}`);
      renameSync(next, folder);
    });
    await isNoticed((nth) => writeFileSync(config, `more ${nth}`));
    await isNoticed((nth) => writeFileSync(pack, `more ${nth}`));
  });

  it('the folder of rules deleted with all in it, and made again', async (test) => {
    const { folder, config, pack, seen, watchThese, isNoticed } = setScene(test);
    await watchThese(config, pack);
    await isNoticed(async (nth) => {
      rmSync(join(folder, 'rules'), { recursive: true });
      await sleep(1_500);
      seen.changes = 0;
      mkdirSync(join(folder, 'rules'));
      writeFileSync(pack, `text ${nth}`);
    });
    await isNoticed((nth) => writeFileSync(pack, `more ${nth}`));
  });

  it('a file that was not there when it began', async (test) => {
    const { folder, config, watchThese, isNoticed } = setScene(test);
    const late = join(folder, 'not', 'yet', 'there.yaml');
    await watchThese(config, late);
    await isNoticed(() => {
      mkdirSync(join(folder, 'not', 'yet'), { recursive: true });
      writeFileSync(late, 'text');
    }, 1);
    await isNoticed((nth) => writeFileSync(late, `more ${nth}`));
  });

  it('other files from now on', async (test) => {
    const { folder, config, pack, seen, watchThese, isNoticed, untilQuiet } = setScene(test);
    const watcher = await watchThese(config);
    await sleep(100);
    watcher.watch([config, pack], Date.now());
    await untilQuiet();
    await isNoticed((nth) => writeFileSync(pack, `text ${nth}`));
    watcher.watch([pack], Date.now());
    await untilQuiet();
    writeFileSync(config, 'nobody reads this');
    writeFileSync(join(folder, 'other.yaml'), 'nor this');
    await sleep(1_500);
    expect(seen.changes).toBe(0);
    await isNoticed((nth) => writeFileSync(pack, `more ${nth}`));
    watcher.watch([config], Date.now());
    await untilQuiet();
    await isNoticed((nth) => writeFileSync(config, `more ${nth}`));
  });

  it('what changed between being read and being watched', async (test) => {
    const { config, pack, watchThese, isNoticed } = setScene(test);
    const watcher = await watchThese(config);
    const readMs = Date.now();
    writeFileSync(pack, 'two');
    watcher.watch([config, pack], readMs);
    await isNoticed(() => {}, 1);
  });

  it('what only looks at them is no change', async (test) => {
    const { folder, config, pack, seen, watchThese } = setScene(test);
    await watchThese(config, pack);
    for (const path of [config, pack]) closeSync(openSync(path, 'r'));
    writeFileSync(join(folder, 'rules', 'not-ours.yaml'), 'x');
    writeFileSync(join(folder, '.idleproof.yaml.swp'), 'x');
    await sleep(1_500);
    expect(seen.changes).toBe(0);
  });
});
