/**
 * The workflows that `ar-registry init --github` gives a new index: those of this repository, for one that holds no tools
 * but takes them from npm (docs/guides/registry-operators.md, "An index without the tools").
 */
import fs from 'node:fs';
import path from 'node:path';

const TO = 'scripts/templates/github';
/** The tests of the tools are where the tools are. */
const LEFT_OUT = ['workflows/ci.yml'];

/** File, relative to the repository → content. */
export function generateGithubTemplates(root: string): ReadonlyMap<string, string> {
  const folder = path.join(root, '.github');
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).toSorted();
  return new Map(
    files
      .filter((file) => !LEFT_OUT.includes(file))
      .map((file) => [`${TO}/${file}`, adapted(file, fs.readFileSync(path.join(folder, file), 'utf8'))]),
  );
}

function adapted(file: string, text: string): string {
  if (file === 'actions/tools/action.yml') return toolsFromNpm(text);
  if (file === 'CODEOWNERS') return codeOwners(text);
  return text;
}

/** Everything after Node is one command: the lockfile says which tools check submissions. */
function toolsFromNpm(text: string): string {
  const cut = text.indexOf('    - run: npm install');
  if (cut < 0) throw new Error('actions/tools/action.yml has another form than gen/github-templates.ts expects.');
  return `${text.slice(0, cut)}    - run: npm ci --ignore-scripts\n      shell: bash\n`.replaceAll(
    'of the checked-out commit',
    'that the lockfile names',
  );
}

/** The index is the repository, and there are no schemas and no loader in it. */
function codeOwners(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\/(?:schemas|loader)\//.test(line))
    .join('\n')
    .replaceAll('/registry-index/', '/');
}
