/**
 * The walls alone: a program under the same switches, but without any of the guest's own code in its process. What the
 * guest puts over Node's modules helps authors; a plugin that got around all of it would be here.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { grantAll } from '@ar-registry/core/permission';
import { guestCommand } from '../../src/sandbox/command.ts';
import { startProcess } from '../../src/sandbox/guest-process.ts';
import type { SandboxPolicy } from '../../src/sandbox/policy.ts';
import { probeRuntime, type Runtime } from '../../src/sandbox/runtime.ts';
import { findSnapshot, makeSnapshot } from '../../src/sandbox/snapshot.ts';
import { makeOutside } from '../support/escape.ts';
import { removeWorkDir, workDir } from '../support/project.ts';
import { STARTS, type Start } from '../support/sandbox.ts';

afterAll(removeWorkDir);

const BODY = `
  import childProcess from 'node:child_process';
  import dgram from 'node:dgram';
  import dns from 'node:dns';
  import fs from 'node:fs';
  import net from 'node:net';
  import os from 'node:os';
  import workerThreads from 'node:worker_threads';
  const connected = (...where) => new Promise((resolve, reject) => net.connect(...where).on('connect', () => resolve('connected')).on('error', reject));
  const run = async (attempts) => {
    const results = {};
    for (const [name, attempt] of Object.entries(attempts)) {
      try { results[name] = await attempt() ?? 'done'; } catch (error) { results[name] = 'threw ' + (error.code ?? error.message); }
    }
    console.log(JSON.stringify(results));
    process.exit();
  };`;

/** A snapshot that has nothing of the guest in it, and imports the module that it is given. */
const BUILDER = `
  const vm = require('node:vm');
  const importModule = new vm.Script('(url) => import(url)', {
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext();
  require('node:v8').startupSnapshot.setDeserializeMainFunction(() => {
    const file = process.argv[1];
    if (file !== undefined) importModule(require('node:url').pathToFileURL(file).href);
  });`;

/** Made by the first test of each runtime that needs one. */
async function snapshotOf(runtime: Runtime): Promise<string> {
  const builder = join(workDir, 'builder.cjs');
  writeFileSync(builder, BUILDER);
  const ports = { folder: join(workDir, 'guests'), builder, signal: new AbortController().signal };
  return (await findSnapshot(runtime, ports)) ?? makeSnapshot(runtime, ports);
}

/** Runs a program behind the walls. @returns what it prints, and how it ended */
async function runBehindWalls({ node, isSnapshot }: Start, body: string): Promise<{ output: string; exit: string }> {
  const runtime = await probeRuntime({ node, platform: process.platform, path: process.env['PATH'] ?? '' });
  const dir = join(workDir, `walls-${runtime.version}-${isSnapshot}`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'main.mjs'), `${BODY}\n${body}`);
  const { nativeAddons, workers, codeGeneration, childProcess } = grantAll({});
  const powers = { nativeAddons, workers, codeGeneration, childProcess };
  const folder = { path: dir, isFolder: true };
  const policy: SandboxPolicy = {
    ...powers,
    read: [folder],
    write: [folder],
    network: [],
    listen: [],
    env: {},
    unkept: [],
  };
  const snapshot = isSnapshot ? await snapshotOf(runtime) : undefined;
  const command = guestCommand(runtime, policy, { maxHeapMb: 128, snapshot });
  // The last one is the guest's own program, where it is not in the snapshot.
  const [program = '', ...args] = isSnapshot ? command : command.slice(0, -1);
  const guest = await startProcess([program, ...args, join(dir, 'main.mjs')], dir);
  guest.stderr.resume();
  const output = await text(guest.stdout);
  return { output, exit: await guest.ended };
}

describe.each(STARTS)('on %s, the switches and the system alone', (name, start) => {
  test('keep files, network, signals, threads and programs away', async () => {
    using outside = makeOutside();
    let reached = 0;
    const tcp = createServer(() => (reached += 1));
    const unix = createServer(() => (reached += 1));
    const udp = createSocket('udp4', () => (reached += 1));
    const unixPath = join(outside.dir, 's');
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => unix.listen(unixPath, resolve));
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    const { port } = tcp.address() as AddressInfo;
    const hasUnixWall = name.startsWith('Node 26');
    const { output } = await runBehindWalls(
      start,
      `await run({
        control: () => { fs.writeFileSync('own.txt', 'works'); return fs.readFileSync('own.txt', 'utf8'); },
        read: () => fs.readFileSync(${JSON.stringify(outside.secretFile)}, 'utf8'),
        write: () => fs.writeFileSync(${JSON.stringify(join(outside.dir, 'new'))}, 'x'),
        tcp: () => connected(${port}, '127.0.0.1'),
        ${hasUnixWall ? `unix: () => connected(${JSON.stringify(unixPath)}),` : ''}
        udp: () => new Promise((resolve, reject) => dgram.createSocket('udp4').on('error', reject).send('x', ${udp.address().port}, '127.0.0.1', (error) => error ? reject(error) : reject(new Error('sent into nothing')))),
        name: () => dns.promises.resolve4('example.com'),
        signal: () => process.kill(${process.pid}, 0),
        debug: () => process._debugProcess(${process.pid}),
        priority: () => os.setPriority(${process.pid}, 19),
        program: () => childProcess.execFileSync('/bin/true'),
        thread: () => new workerThreads.Worker('1', { eval: true }),
        sqlite: () => process.getBuiltinModule('node:sqlite').constants,
        text: () => new Function('return 1')(),
        addon: () => process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'),
        engine: async () => (await import('node:crypto')).setEngine('/x.so'),
        proto: () => ({}).__proto__.toString(),
        port: () => new Promise((resolve, reject) => net.createServer().on('error', reject).listen({ port: ${port}, exclusive: true }, () => resolve('bound'))),
      });`,
    );
    for (const server of [tcp, unix, udp]) server.close();
    const { control, port: bound = '', ...results } = JSON.parse(output) as Record<string, string>;
    expect(control).toBe('works');
    // In a network of its own the port is free: nobody here can reach it.
    expect(bound).toMatch(hasUnixWall ? /^threw ERR_ACCESS_DENIED/ : /^(bound|threw )/);
    expect(bound).not.toContain('EADDRINUSE');
    expect(Object.entries(results).filter(([, result]) => !result.startsWith('threw '))).toEqual([]);
    expect(reached).toBe(0);
  });

  test('end a process that turns a switch of V8', async () => {
    using outside = makeOutside();
    const file = join(outside.dir, 'trace');
    const { output, exit } = await runBehindWalls(
      start,
      `const v8 = process.getBuiltinModule('v8');
      for (const flag of ['--redirect-code-traces', '--redirect-code-traces-to=${file}', '--print-bytecode']) v8.setFlagsFromString(flag);
      (function traced() { return 1; })();
      console.log('turned');`,
    );
    expect(output).not.toContain('turned');
    expect(exit).toContain('was ended by');
    expect(existsSync(file)).toBe(false);
  });
});
