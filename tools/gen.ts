/** `npm run gen` writes every generated file; `npm run gen -- --check` fails where one differs from what is committed. */
import fs from 'node:fs';
import path from 'node:path';
import { generateSchemas } from './gen/schemas.ts';
import { generateCatalogueDocs } from './gen/catalogue-docs.ts';
import { generateCliDocs } from './gen/cli-docs.ts';

const root = path.resolve(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const files = new Map([...(await generateSchemas(root)), ...generateCatalogueDocs(), ...(await generateCliDocs(root))]);

let stale = 0;
for (const [file, content] of files) {
  const target = path.join(root, file);
  const current = fs.existsSync(target) ? fs.readFileSync(target, 'utf8') : undefined;
  if (current === content) continue;
  stale += 1;
  if (check) {
    console.error(`stale: ${file}`);
    continue;
  }
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, content);
}
console.log(
  check ? `${files.size} generated files, ${stale} stale` : `${files.size} generated files, ${stale} written`,
);
if (check && stale > 0) process.exitCode = 1;
