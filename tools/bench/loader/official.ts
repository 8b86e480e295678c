/**
 * The official plugins as they are installed, each loaded into a daemon of its own, or imported there by a bare `import()`;
 * with a bare connection to the daemon where they are bridges, which have one.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { addPlugin, buildPlugins } from '../../../loader/test/support/packed-plugin.ts';
import { createProject, dataDir, removeWorkDir, type TestProject } from '../../../loader/test/support/project.ts';
import type { OfficialTask } from './official-process.ts';
import type { Where } from './relay.ts';

/** Milliseconds of one plugin, one value for each round, each of a new process. */
export interface OfficialTimes {
  readonly name: string;
  /** Loaded by a daemon that has loaded another before, and a bare `import()` there, with a bare connection for a bridge. */
  readonly load: readonly number[];
  readonly bareImport: readonly number[];
  /** The same in a daemon that has loaded none. */
  readonly firstLoad: readonly number[];
  readonly firstImport: readonly number[];
}

/** With what a user has to give of each; nothing of it is connected to. */
const OFFICIAL: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'audit-logger': {},
  'discord-bridge': { discordBotToken: 'token' },
  'message-analytics': {},
  'pinecone-memory': { pineconeApiKey: 'key', pineconeIndex: 'index' },
  'postgres-storage': { databaseUrl: 'postgres://localhost/relay' },
  'rbac-policy': { rbacPolicyFile: 'policy.yaml' },
  'slack-bridge': { slackBotToken: 'xoxb-1', slackAppToken: 'xapp-1' },
  'webhook-bridge': { webhookUrl: 'https://example.com/' },
};

/** Has no npm dependencies: nothing that another needs is there already. */
const EARLIER = 'message-analytics';
const EARLIER_OF_IT = 'rbac-policy';

export async function official(_where: Where, rounds: number): Promise<readonly OfficialTimes[]> {
  const folders = Object.keys(OFFICIAL);
  await buildPlugins(folders.map((folder) => `plugins/${folder}`));
  try {
    const project = createProject();
    // Else all that is installed would be loaded at once.
    project.write('ar.config.json', JSON.stringify({ plugins: [] }));
    const mains = new Map<string, string>();
    for (const folder of folders) mains.set(folder, await install(project, folder));
    const timeOf = (folder: string, what: OfficialTask['what'], earlier?: string): number => {
      const task = {
        what,
        entry: entryOf(folder),
        main: mains.get(folder) ?? '',
        connects: folder.endsWith('-bridge'),
      };
      return runTask({ ...task, ...(earlier !== undefined && { earlier: entryOf(earlier) }) }, project);
    };
    return folders.map((folder) => {
      const earlier = folder === EARLIER ? EARLIER_OF_IT : EARLIER;
      const each = Array.from({ length: rounds }, () => ({
        bareImport: timeOf(folder, 'import', earlier),
        load: timeOf(folder, 'load', earlier),
        firstImport: timeOf(folder, 'import'),
        firstLoad: timeOf(folder, 'load'),
      }));
      const all = (what: keyof (typeof each)[number]): readonly number[] => each.map((times) => times[what]);
      return {
        name: nameOf(folder),
        load: all('load'),
        bareImport: all('bareImport'),
        firstLoad: all('firstLoad'),
        firstImport: all('firstImport'),
      };
    });
  } finally {
    removeWorkDir();
  }
}

/** What `onLoad`, `init` and the like do is the plugin's, and would need its services: this does what comes before. */
const STILL_MAIN = `import plugin from './dist/index.js';
const still = (value) =>
  typeof value === 'function' ? () => undefined
  : value?.constructor === Object ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, still(one)]))
  : value;
export default still(plugin);
`;

/** @returns the absolute path of what is imported */
async function install(project: TestProject, folder: string): Promise<string> {
  addPlugin(project, `plugins/${folder}`);
  const unpacked = path.join(project.dir, folder);
  const files: Record<string, string> = { 'still.js': STILL_MAIN };
  for (const file of fs.globSync('**/*', { cwd: unpacked, exclude: (name) => name === 'node_modules' }))
    if (fs.statSync(path.join(unpacked, file)).isFile())
      files[file] = fs.readFileSync(path.join(unpacked, file), 'utf8');
  const manifest = files['ar-plugin.yaml'] ?? '';
  files['ar-plugin.yaml'] = manifest.replace(/^main: .*$/m, 'main: ./still.js');
  const fact = (key: string): string => new RegExp(`^${key}: '?([^'\\n]+)`, 'm').exec(manifest)?.[1] ?? '';
  const source = { name: nameOf(folder), version: fact('version'), type: fact('type'), files };
  const dependencies = path.join(unpacked, 'node_modules');
  const { packageDir } = await project.install(source, { dependencies: fs.existsSync(dependencies) });
  if (fs.existsSync(dependencies)) fs.renameSync(dependencies, path.join(packageDir, 'node_modules'));
  return path.join(packageDir, 'still.js');
}

function nameOf(folder: string): string {
  return `@ar/${folder}`;
}

function entryOf(folder: string): OfficialTask['entry'] {
  return { name: nameOf(folder), config: OFFICIAL[folder] ?? {}, loadTimeoutMs: 60_000 };
}

/** @returns milliseconds */
function runTask(task: OfficialTask, { dir }: TestProject): number {
  const program = path.join(import.meta.dirname, 'official-process.ts');
  const flags = ['--disable-warning=ExperimentalWarning', '--expose-gc'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program, JSON.stringify(task)], {
    cwd: dir,
    env: { ...process.env, AGENT_RELAY_DATA_DIR: dataDir },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${task.what} ${task.entry.name} failed:\n${stderr.slice(-4000)}`);
  return Number(stdout.trimEnd().split('\n').at(-1));
}
