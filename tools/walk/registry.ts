/** The registry's side: the static API is built, twice for comparison, and served. */
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { versionOf } from './author.ts';
import { commandOf, root, type Shell } from './shell.ts';

export interface Served {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export async function registrySteps(
  shell: Shell,
  { folder, index }: { readonly folder: string; readonly index: string },
): Promise<Served> {
  shell.say('The index is built into static files; the same index gives the same bytes.');
  const out = path.join(folder, 'site');
  const again = path.join(folder, 'site-again');
  await shell.run('ar-registry', ['build', '--index', index, '--out', out], root);
  await shell.run('ar-registry', ['build', '--index', index, '--out', again], root);
  const [first, second] = [digestOf(out), digestOf(again)];
  console.log(`    sha256 of all files: ${first.slice(0, 16)}… and ${second.slice(0, 16)}…`);
  if (first !== second) throw new Error('Two builds of one index differ.');
  shell.say(
    'It is signed: with DEVELOPMENT keys here, made for this walk. Nobody guards them; see docs/guides/keys.md.',
  );
  const keys = ['--trust', path.join(folder, 'trust'), '--keys', path.join(folder, 'keys'), '--development'];
  await shell.run('ar-registry', ['sign', '--site', out, ...keys], root);
  shell.say('Any static server can serve them; ours also answers the exact URLs with parameters.');
  const served = await serve(shell, out);
  const version = `/api/v1/plugins/@ar/audit-logger/${versionOf('audit-logger')}`;
  for (const route of ['/api/v1/plugins?q=audit&type=hook&limit=20', version]) {
    const response = await fetch(served.url + route);
    console.log(`  GET ${route} → ${response.status}, ${(await response.text()).length} characters`);
    if (!response.ok) throw new Error(`GET ${route} answered ${response.status}.`);
  }
  shell.say('Its pages are built beside it: one for each plugin, version and list, and an index to search them.');
  await shell.run('ar-registry', ['site', '--api', out, '--base-url', served.url], root);
  await expectPage(served.url, '/plugins/@ar/audit-logger', '<title>@ar/audit-logger ');
  return served;
}

async function expectPage(url: string, route: string, text: string): Promise<void> {
  const response = await fetch(url + route, { headers: { accept: 'text/html' } });
  const page = await response.text();
  console.log(`  GET ${route} → ${response.status}, a page of ${page.length} characters`);
  if (!response.ok || !page.includes(text)) throw new Error(`GET ${route} is not the page of the plugin.`);
}

async function serve(shell: Shell, out: string): Promise<Served> {
  const [file, first] = commandOf('ar-registry');
  const args = [...first, 'serve', '--dir', out, '--port', '0'];
  console.log(`  $ ${shell.short(['ar-registry', ...args.slice(first.length)].join(' '))}`);
  const child = spawn(file, args, { env: { ...process.env, ...shell.env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`ar-registry serve ended with ${code}.`)));
  });
  console.log(`    ${url}`);
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** One digest over names and contents of all files below a folder. */
function digestOf(folder: string): string {
  const hash = createHash('sha256');
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  for (const file of files) {
    const absolute = path.join(folder, file);
    if (fs.statSync(absolute).isFile()) hash.update(`${file}\0`).update(fs.readFileSync(absolute));
  }
  return hash.digest('hex');
}
