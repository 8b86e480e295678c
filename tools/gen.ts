/** `npm run gen` writes every generated file; `npm run gen -- --check` fails where one differs from what is committed. */
import fs from 'node:fs';
import path from 'node:path';
import { generateGithubTemplates } from './gen/github-templates.ts';
import { generateOpenApiSchemas } from './gen/openapi-schemas.ts';
import { generateSchemas } from './gen/schemas.ts';

const root = path.resolve(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const counts = { files: 0, stale: 0 };

function put(files: ReadonlyMap<string, string>): void {
  for (const [file, content] of files) {
    counts.files += 1;
    const target = path.join(root, file);
    const current = fs.existsSync(target) ? fs.readFileSync(target, 'utf8') : undefined;
    if (current === content) continue;
    counts.stale += 1;
    if (check) {
      console.error(`stale: ${file}`);
      continue;
    }
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
  }
}

put(await generateSchemas(root));
put(generateOpenApiSchemas(root));
put(generateGithubTemplates(root));
// Only now: what they import may be what was just written for the first time.
const { generateCatalogueDocs } = await import('./gen/catalogue-docs.ts');
const { generateCliDocs } = await import('./gen/cli-docs.ts');
const { filesOfResults } = await import('./bench/keep.ts');
put(new Map([...generateCatalogueDocs(), ...(await generateCliDocs(root)), ...filesOfResults(root)]));
console.log(`${counts.files} generated files, ${counts.stale} ${check ? 'stale' : 'written'}`);
process.exitCode = check && counts.stale > 0 ? 1 : 0;
