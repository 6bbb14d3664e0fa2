// Writes what is generated from the code: reports/proof.schema.json, docs/errors.md, and the tables of docs/rules.md. Run by
// `npm run docs`; the unit tests compare the files with the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { proofJsonSchema } from '../dist/core/proof/schema.js';
import { rulesPage } from '../dist/render/reference/rules-page.js';
import { errorsPage } from '../dist/render/reference/errors-page.js';

const at = (path) => new URL(`../${path}`, import.meta.url);
const write = (path, text) => writeFileSync(at(path), text);

write('reports/proof.schema.json', `${JSON.stringify(proofJsonSchema(), null, 2)}\n`);
write('docs/errors.md', errorsPage());
write('docs/rules.md', rulesPage(readFileSync(at('docs/rules.md'), 'utf8')));
