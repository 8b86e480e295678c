/** Every code of the scan: one program that it is about, and one that looks like it and is not. */
import { SCAN_FINDINGS } from '@ar-registry/core/findings';
import { describe, expect, it } from 'vitest';
import { scanCode, type Around } from './scan-code.ts';

type Case = readonly [code: string, around?: Around];

const HIDDEN = '\u202e';
const NAMES = Array.from({ length: 60 }, (_, index) => `_0x${(index + 4096).toString(16)}`);
const OBFUSCATED = `export const ${NAMES.map((name, index) => `${name} = ${index}`).join(', ')};`;
const ENCODED = `export const data = ${JSON.stringify('QUJD'.repeat(2000))};`;
const MINIFIED = `export const a=[${Array.from({ length: 4000 }, (_, index) => `(b${index})=>{c${index}(b${index})}`).join(',')}];`;

const CASES: Readonly<Record<keyof typeof SCAN_FINDINGS, { readonly found: Case; readonly not: Case }>> = {
  CODE_GENERATED: { found: ['eval("1")'], not: ['export const evaluate = (x) => x; evaluate("1")'] },
  MODULE_UNDETERMINED: {
    found: ['export const load = (name) => import(name)'],
    not: ['export const load = () => import("./other.js")', { files: { 'other.js': 'export {}' } }],
  },
  MODULE_SYSTEM_CHANGED: {
    found: ['import Module from "node:module"; Module._load = () => 1'],
    not: ['import { createRequire } from "node:module"; createRequire(import.meta.url)("node:path")'],
  },
  GLOBALS_UNDETERMINED: {
    found: ['const key = process.argv[2]; globalThis[key]("1")'],
    not: ['const table = {}; const key = process.argv[2]; table[key]("1")'],
  },
  PROCESS_STARTED: {
    found: ['import { execFile } from "node:child_process"; execFile("git")'],
    not: ['const execFile = (x) => x; execFile("git")'],
  },
  PROCESS_UNDETERMINED: {
    found: ['import { execFile } from "node:child_process"; export const run = (name) => execFile(name)'],
    not: ['import { execFile } from "node:child_process"; execFile("git")', { permissions: { childProcess: ['git'] } }],
  },
  PROCESS_CONTROLLED: { found: ['process.kill(1)'], not: ['const process_ = { kill() {} }; process_.kill(1)'] },
  PROCESS_ENDED: { found: ['process.exit(1)'], not: ['process.exitCode = 1'] },
  WORKER_STARTED: {
    found: ['import { Worker } from "node:worker_threads"; new Worker("./w.js")', { files: { 'w.js': 'export {}' } }],
    not: ['class Worker {} new Worker("./w.js")'],
  },
  NATIVE_CODE: {
    found: ['process.dlopen({ exports: {} }, "./addon.node")'],
    not: ['export const name = "./addon.node"'],
  },
  FILE_WRITTEN: {
    found: ['import fs from "node:fs"; fs.writeFileSync("/etc/passwd", "")'],
    not: ['const fs = { writeFileSync() {} }; fs.writeFileSync("/etc/passwd", "")'],
  },
  FILE_WRITE_UNDETERMINED: {
    found: ['import fs from "node:fs"; export const save = (path) => fs.writeFileSync(path, "")'],
    not: ['export const save = (fs, path) => fs.writeFileSync(path, "")'],
  },
  FILE_READ: {
    found: ['import fs from "node:fs"; fs.readFileSync("/etc/passwd")'],
    not: [
      'import fs from "node:fs"; fs.readFileSync(new URL("./data.json", import.meta.url))',
      { files: { 'data.json': '{}' } },
    ],
  },
  FILE_READ_UNDETERMINED: {
    found: ['import fs from "node:fs"; export const load = (path) => fs.readFileSync(path)'],
    not: ['export const load = (fs, path) => fs.readFileSync(path)'],
  },
  FILE_NAME_UNDETERMINED: {
    found: [
      'import fs from "node:fs"; export const save = (context, name) => fs.writeFileSync(`${context.dataDir}/${name}`, "")',
    ],
    not: ['import fs from "node:fs"; export const save = (context) => fs.writeFileSync(`${context.dataDir}/log`, "")'],
  },
  HOST_CONTACTED: { found: ['fetch("https://evil.example/x")'], not: ['export const home = "https://evil.example/x"'] },
  HOST_UNDETERMINED: {
    found: ['export const get = (url) => fetch(url)'],
    not: [
      'export const get = () => fetch("https://api.example.com/x")',
      { permissions: { network: ['api.example.com'] } },
    ],
  },
  ADDRESS_LISTENED: {
    found: ['import http from "node:http"; http.createServer().listen(8080, "0.0.0.0")'],
    not: [
      'import http from "node:http"; http.createServer().listen(8080)',
      { permissions: { listen: ['127.0.0.1:8080'] } },
    ],
  },
  LISTENING_UNDETERMINED: {
    found: ['import net from "node:net"; export const server = net.createServer()'],
    not: [
      'import net from "node:net"; export const start = (port) => net.createServer().listen(port)',
      { permissions: { listen: ['${PORT}'] } },
    ],
  },
  ENV_READ: {
    found: ['export const home = process.env.HOME'],
    not: ['export const home = { env: { HOME: 1 } }.env.HOME'],
  },
  ENV_UNDETERMINED: {
    found: ['export const all = JSON.stringify(process.env)'],
    not: ['export const all = process.env.TOKEN', { config: ['TOKEN'] }],
  },
  TEXT_HIDDEN: { found: [`export const a = "x${HIDDEN}y"`], not: ['export const a = "Grüße, 世界"'] },
  NAMES_OBFUSCATED: { found: [OBFUSCATED], not: ['export const colour = 0x1000, width = 0x20;'] },
  SOURCE_MINIFIED: { found: [MINIFIED], not: [MINIFIED.replaceAll(',', ',\n')] },
  DATA_ENCODED: { found: [ENCODED], not: ['export const data = "QUJD";'] },
  SOURCE_UNPARSABLE: { found: ['const = ;'], not: ['return_: for (;;) break return_;'] },
  SOURCE_TOO_COMPLEX: {
    found: [`${'['.repeat(5000)}${']'.repeat(5000)}`],
    not: [`${'['.repeat(50)}${']'.repeat(50)}`],
  },
  SOURCE_TOO_LARGE: {
    found: [`// ${'x'.repeat(12 * 1024 * 1024)}`],
    not: [`// ${'x'.repeat(60)}\nexport {}`],
  },
  INSTALL_SCRIPT: {
    found: ['export {}', { files: { 'package.json': JSON.stringify({ scripts: { postinstall: 'node x.js' } }) } }],
    not: ['export {}', { files: { 'package.json': JSON.stringify({ scripts: { test: 'node x.js' } }) } }],
  },
  BUILTIN_CHANGED: {
    found: ['Object.prototype.toString = () => "x"'],
    not: ['class A {} A.prototype.toString = () => "x"'],
  },
  PERMISSION_NOT_CHECKED: {
    found: [
      'import { execFile } from "node:child_process"; export const run = (name) => execFile(name)',
      { permissions: { childProcess: ['git'] } },
    ],
    not: ['import { execFile } from "node:child_process"; execFile("git")', { permissions: { childProcess: ['git'] } }],
  },
  PERMISSION_UNUSED: {
    found: ['export {}', { permissions: { childProcess: ['git'] } }],
    not: ['import { execFile } from "node:child_process"; execFile("git")', { permissions: { childProcess: ['git'] } }],
  },
};

const codesOf = async ([code, around]: Case): Promise<readonly string[]> =>
  (await scanCode(code, around)).findings.map((found) => found.code);

describe('the code', () => {
  it.each(Object.entries(CASES))('%s is told where it is so, and nowhere else', async (code, { found, not }) => {
    expect(await codesOf(found)).toContain(code);
    expect(await codesOf(not)).not.toContain(code);
  });

  it('of every finding has its two programs', () => {
    expect(Object.keys(CASES).toSorted()).toEqual(Object.keys(SCAN_FINDINGS).toSorted());
  });
});
