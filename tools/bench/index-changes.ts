/** Changes of an index, each one commit, as after a merged pull request. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface IndexChanges {
  /** One more version of a plugin, which is its latest then. */
  readonly newVersion: () => void;
  /** A plugin that was not there, with one version, which comes out after all others. */
  readonly newPlugin: () => void;
}

/** @param index a git repository @param spared names of plugins that stay as they are */
export function changesOf(index: string, spared: ReadonlySet<string>): IndexChanges {
  let versions: readonly string[] | undefined;
  let count = 0;
  const commit = (made: Change): void => {
    versions ??= versionRecords(index).filter((record) => !spared.has(pluginOf(record)));
    const file = versions[(count * 37 + 11) % versions.length] ?? '';
    const records = made(file, count, (name) => fs.readFileSync(path.join(index, name), 'utf8'));
    for (const [name, text] of records) {
      fs.mkdirSync(path.dirname(path.join(index, name)), { recursive: true });
      fs.writeFileSync(path.join(index, name), text);
    }
    commitFiles(index, [...records.keys()], `A change of ${file}`);
    count += 1;
  };
  return { newVersion: () => commit(newVersion), newPlugin: () => commit(newPlugin) };
}

/** @param files that lie in the index, relative to it @returns the commit */
export function commitFiles(index: string, files: readonly string[], message: string): string {
  git(index, ['add', '--', ...files]);
  git(index, ['commit', '--quiet', '--message', message]);
  return git(index, ['rev-parse', 'HEAD']).trim();
}

function versionRecords(index: string): readonly string[] {
  const files = git(index, ['ls-tree', '-r', '--name-only', 'HEAD', 'registry-index/plugins']).split('\n');
  return files.filter((file) => file.includes('/versions/'));
}

/** @param record the path of one of a version */
function pluginOf(record: string): string {
  const [, , scope, name] = record.split('/');
  return `${scope}/${name}`;
}

function git(cwd: string, args: readonly string[]): string {
  // No collection of garbage beside what is measured next.
  const own = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', '-c', 'gc.auto=0'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return execFileSync('git', [...own, ...args], { cwd, env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
}

/** Takes the index back to how it was made. @param commit the first */
export function withoutChanges(index: string, commit: string): void {
  if (git(index, ['rev-parse', 'HEAD']).trim() !== commit) git(index, ['reset', '--quiet', '--hard', commit]);
}

/** What is to be written, and where. */
type Records = ReadonlyMap<string, string>;
/** @param file the record of a version */
type Change = (file: string, number: number, read: (file: string) => string) => Records;

/** What no version of the corpus begins with. */
const ADDED = '99999.';

const newVersion: Change = (file, number, read) => {
  const [version, next] = [path.basename(file, '.yaml'), `${ADDED}0.${number}`];
  const text = read(file).replace(`version: "${version}"`, () => `version: "${next}"`);
  const status = path.join(path.dirname(file), '../status.yaml');
  return new Map([
    [path.join(path.dirname(file), `${next}.yaml`), text.replace('description: "', 'description: "Now ')],
    [status, read(status).replace(/^( {2}latest: ).*$/m, `$1"${next}"`)],
  ]);
};

const newPlugin: Change = (file, number, read) => {
  const from = path.dirname(path.dirname(file));
  const [scope, name] = [path.basename(path.dirname(from)), path.basename(from)];
  // Names have at most 63 characters.
  const next = `${name.slice(0, 48)}-come-${number}`;
  const to = path.join(path.dirname(from), next);
  const renamed = (text: string): string => text.replaceAll(`"${scope}/${name}"`, () => `"${scope}/${next}"`);
  const time = new Date(Date.UTC(2099, 0, 1, 0, 0, number)).toISOString().replace('.000', '');
  const version = renamed(read(file)).replace(/^(publishedAt: ).*$/m, `$1"${time}"`);
  const latest = `schemaVersion: 1\ndistTags:\n  latest: "${path.basename(file, '.yaml')}"\n`;
  return new Map([
    [path.join(to, 'plugin.yaml'), renamed(read(path.join(from, 'plugin.yaml')))],
    [path.join(to, 'status.yaml'), latest],
    [path.join(to, 'versions', path.basename(file)), version],
  ]);
};
