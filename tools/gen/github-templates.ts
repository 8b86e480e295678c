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
  if (file === 'workflows/publish.yml') return withoutPages(text);
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

/** The step that makes the pages, with what stands above it. */
const PAGES = /(?: {6}# .*\n)+ {6}- (?:.*\n {8})*run: node_modules\/\.bin\/ar-registry site .*\n(?: {8,}.*\n)*/;
const NO_PAGES = `\
      # Pages would be made here, by a clone of the tools: docs/guides/registry-operators.md, "An index without the tools".

`;

/** The package on npm has no pages: SITE_NOT_INSTALLED. */
function withoutPages(text: string): string {
  if (!PAGES.test(text)) throw new Error('workflows/publish.yml makes no pages that gen/github-templates.ts knows.');
  return text.replace(PAGES, NO_PAGES);
}

/** The index is the repository, and there are no schemas and no loader in it. */
function codeOwners(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\/(?:schemas|loader)\//.test(line))
    .join('\n')
    .replaceAll('/registry-index/', '/');
}
