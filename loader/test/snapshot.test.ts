import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundledGuest } from '../src/sandbox/guest-program.ts';
import { createSandbox, type Sandbox, type SandboxPorts } from '../src/sandbox/sandbox.ts';
import { findSnapshot, hasSnapshots, makeSnapshot } from '../src/sandbox/snapshot.ts';

const NODE = { node: process.execPath, version: process.versions.node };
const SLEEPING =
  'require("node:v8").startupSnapshot.setDeserializeMainFunction(() => setTimeout(() => undefined, 1e9));';
const FAILING = 'require("node:v8").startupSnapshot.setDeserializeMainFunction(() => process.exit(3));';

const dir = mkdtempSync(join(tmpdir(), 'ar-snapshot-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const guest = bundledGuest(process.env['AR_TEST_GUEST'] ?? '').builder ?? '';
const signal = new AbortController().signal;
const MACHINE = {
  projectDir: dir,
  env: {},
  execPath: process.execPath,
  platform: process.platform,
  path: '',
  elapsedMs: () => performance.now(),
};
let folders = 0;

function portsWith(builder: string) {
  return { folder: join(dir, `guests-${(folders += 1)}`), builder, signal };
}

function builderOf(text: string): string {
  const file = join(dir, `builder-${(folders += 1)}.cjs`);
  writeFileSync(file, text);
  return file;
}

test('a snapshot is made once, for the user alone, and found from then on', async () => {
  const ports = portsWith(guest);
  expect(await findSnapshot(NODE, ports)).toBeUndefined();
  const made = await makeSnapshot(NODE, ports);
  expect(await findSnapshot(NODE, ports)).toBe(made);
  expect([statSync(ports.folder).mode & 0o777, statSync(made).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(readdirSync(ports.folder)).toHaveLength(1);
});

test('it has the code of what is in it, and not that of all else that is built into Node.js', async () => {
  const made = readFileSync(await makeSnapshot(NODE, portsWith(guest)));
  expect(made.length).toBeLessThan(5 * 1024 * 1024);
  // What V8 made of a function of the guest that nothing calls while the snapshot is made: the words that it refuses with.
  const text = 'listening on anything but a port';
  expect(made.indexOf(text, made.indexOf(text) + 1)).toBeGreaterThan(0);
  // The list of code is the last thing, and empty.
  expect(made.readBigUInt64LE(made.length - 8)).toBe(0n);
});

test('one of another guest, of another Node.js, or one that is damaged is not run', async () => {
  const ports = portsWith(guest);
  const made = await makeSnapshot(NODE, ports);
  expect(
    await findSnapshot(NODE, { ...ports, builder: builderOf(readFileSync(guest, 'utf8') + '\n') }),
  ).toBeUndefined();
  expect(await findSnapshot({ ...NODE, version: '24.0.0' }, ports)).toBeUndefined();
  const bytes = readFileSync(made);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(made, bytes);
  expect(await findSnapshot(NODE, ports)).toBeUndefined();
  writeFileSync(made, bytes.subarray(0, 100_000));
  expect(await findSnapshot(NODE, ports)).toBeUndefined();
});

test.each([
  ['writes it in a form that is not known', 'cat "$config" > "$blob"'],
  ['cannot make one with code', 'grep -q "withoutCodeCache\\":true" "$config" && cat "$config" > "$blob"'],
])('of a Node.js that %s, it is made without code', async (_, build) => {
  const node = join(mkdtempSync(join(dir, 'node-')), 'node');
  // Called to make one, it writes down how; called to begin with one, it ends well.
  const script = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in --snapshot-blob) blob=$2 ;; --build-snapshot-config) config=$2 ;; esac
  shift
done
[ -z "$config" ] || { ${build}; }`;
  writeFileSync(node, script, { mode: 0o700 });
  const made = await makeSnapshot({ node, version: '24.0.0' }, portsWith(guest));
  expect(JSON.parse(readFileSync(made, 'utf8'))).toEqual({ builder: guest, withoutCodeCache: true });
});

test('what is not run for a month is removed when the next one is made', async () => {
  const ports = portsWith(guest);
  mkdirSync(ports.folder);
  const [old, recent] = ['old', 'recent'].map((name) => join(ports.folder, `${name}.blob`));
  for (const file of [old, recent]) writeFileSync(file ?? '', '');
  utimesSync(old ?? '', 0, 0);
  const made = await makeSnapshot(NODE, ports);
  expect(
    readdirSync(ports.folder)
      .map((name) => join(ports.folder, name))
      .toSorted(),
  ).toEqual([made, recent].toSorted());
});

test.each([
  ['does not begin', FAILING],
  ['cannot be made', 'this is no program'],
])('one that %s is not kept', async (_, text) => {
  const ports = portsWith(builderOf(text));
  expect(await makeSnapshot(NODE, ports).catch((error: unknown) => error)).toBeInstanceOf(Error);
  expect(readdirSync(ports.folder)).toEqual([]);
});

test('to make one is given up on, and leaves nothing', async () => {
  const closing = new AbortController();
  const ports = { ...portsWith(builderOf(SLEEPING)), signal: closing.signal };
  const making = makeSnapshot(NODE, ports);
  closing.abort(new Error('closing'));
  await expect(making).rejects.toMatchObject({ name: 'AbortError' });
  expect(readdirSync(ports.folder)).toEqual([]);
});

test('a sandbox begins without one, uses it when it is made and while it is there, and the next uses it at once', async () => {
  const ports = {
    ...MACHINE,
    snapshots: join(dir, 'used'),
    program: bundledGuest(process.env['AR_TEST_GUEST'] ?? ''),
  };
  const first = await sandboxWith(ports);
  expect(first.guest().snapshot).toBeUndefined();
  while (first.guest().snapshot === undefined) await new Promise(setImmediate);
  const next = await sandboxWith(ports);
  expect(next.guest().snapshot).toBe(first.guest().snapshot);
  rmSync(ports.snapshots, { recursive: true });
  expect(next.guest().snapshot).toBeUndefined();
});

test('where nothing can be kept, plugins begin without one', async () => {
  const file = builderOf('');
  const program = bundledGuest(process.env['AR_TEST_GUEST'] ?? '');
  const sandbox = await sandboxWith({ ...MACHINE, snapshots: join(file, 'in-a-file'), program });
  await sandbox.close();
  expect(sandbox.guest().snapshot).toBeUndefined();
});

async function sandboxWith(ports: SandboxPorts): Promise<Sandbox> {
  const sandbox = createSandbox(ports);
  sandbox.configure({});
  await sandbox.runtime('@test/any');
  return sandbox;
}

test('Node 22 has none that could be used', () => {
  const versions = ['22.13.0', '22.23.3', '24.0.0', '26.10.0'];
  expect(versions.map((version) => hasSnapshots({ version }))).toEqual([false, false, true, true]);
});

test('a process that began with one and does not end is ended', async () => {
  const closing = new AbortController();
  const ports = { ...portsWith(builderOf(SLEEPING)), signal: closing.signal };
  const making = makeSnapshot(NODE, ports).catch((error: unknown) => error);
  // It is written before it is tried.
  while (!readdirSafe(ports.folder).some((name) => name.endsWith('.tmp'))) await new Promise(setImmediate);
  closing.abort(new Error('closing'));
  expect(await making).toBeInstanceOf(Error);
  expect(readdirSync(ports.folder)).toEqual([]);
});

function readdirSafe(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
