import { shippedPackNames } from '../../config/pack-name.ts';
import { MEASURED_COMPARISON_FORMATS } from '../../model/measured-comparison.ts';
import { COMPARISON_FORMATS } from '../../model/proof-comparison.ts';
import { PROOF_FORMATS } from '../../model/proof-format.ts';
import { PACKS_FOLDER } from '../packs-folder.ts';
import type { CompletedValue, Placeholders } from './completed-commands.ts';

const FILE: CompletedValue = { kind: 'file', words: [] };
const FOLDER: CompletedValue = { kind: 'folder' };
const TEXT: CompletedValue = { kind: 'text' };

/** What stands for the values in the help of all commands. The packs are those of this installation. */
export function placeholdersHere(): Placeholders {
  const packOrFile: CompletedValue = { kind: 'file', words: shippedPackNames(PACKS_FOLDER) };
  return {
    file: FILE,
    'file|sha256': FILE,
    proof: FILE,
    evidence: FILE,
    result: FILE,
    path: FILE,
    pattern: FILE,
    folder: FILE,
    '[target=]db[:table]': FILE,
    '[target=]file[:format]': FILE,
    pack: packOrFile,
    'pack|file': packOrFile,
    dir: FOLDER,
    '[target=]dir': FOLDER,
    list: { kind: 'list', words: PROOF_FORMATS },
    // Of one command.
    'report list': { kind: 'list', words: [...new Set([...PROOF_FORMATS, ...COMPARISON_FORMATS])] },
    'baseline compare list': { kind: 'list', words: MEASURED_COMPARISON_FORMATS },
    set: { kind: 'words', words: ['auto', 'portable'] },
    duration: TEXT,
    condition: TEXT,
    'name=selector:value': TEXT,
    pid: TEXT,
    name: TEXT,
    regex: TEXT,
    port: TEXT,
    unit: TEXT,
    id: TEXT,
    when: TEXT,
    sha256: TEXT,
    command: TEXT,
    n: TEXT,
    rate: TEXT,
    limit: TEXT,
    change: TEXT,
    url: TEXT,
    method: TEXT,
    'name: value': TEXT,
    text: TEXT,
  };
}
