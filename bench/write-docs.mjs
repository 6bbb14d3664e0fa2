// Writes what is generated from the code: reports/proof.schema.json and docs/errors.md. Run by `npm run docs`;
// the unit tests compare both files with the code.
import { writeFileSync } from 'node:fs';
import { proofJsonSchema } from '../dist/core/proof/schema.js';
import { errorsPage } from '../dist/errors.js';

const write = (path, text) => writeFileSync(new URL(`../${path}`, import.meta.url), text);

write('reports/proof.schema.json', `${JSON.stringify(proofJsonSchema(), null, 2)}\n`);
write('docs/errors.md', errorsPage());
