import fs from 'node:fs'; import path from 'node:path'; import http from 'node:http'; import { spawn } from 'node:child_process';
import { bundleProgram } from './bundle-program.ts';
import { serveRegistry } from '@ar-registry/testing/served-registry';
import { initKeys } from '../scripts/src/stages/keys/index.ts'; import { sign } from '../scripts/src/stages/sign/index.ts';
import { createTrustCrypto, readKeyFolder, readTrustFolder } from '@ar-registry/io/trust'; import { toTrustSettings } from '@ar-registry/core/trust';
const root = path.resolve(import.meta.dirname, '..');
const folder = fs.mkdtempSync(path.join(root, 'cli', 'bundle-test-')); await bundleProgram('cli', folder); const main = path.join(folder, 'main.cjs');
const run = (args: string[], env: Record<string, string>) => new Promise<number>((done) => { const t = performance.now(); const c = spawn(process.execPath, [...args], { env: { ...env }, stdio: 'ignore' }); c.on('exit', () => done(performance.now() - t)); });
const top = '/tmp/trust/measure-cli'; fs.rmSync(top, { recursive: true, force: true });
const crypto = createTrustCrypto(); const nowMs = Date.now(); const settings = toTrustSettings();
const setups: { name: string; url: string; env: Record<string, string>; registry: any }[] = [];
for (const name of ['unsigned', 'signed']) {
  const registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
  if (name === 'signed') {
    const site = path.join(top, 'site'); for (const [f, b] of registry.files) { fs.mkdirSync(path.dirname(path.join(site, f)), { recursive: true }); fs.writeFileSync(path.join(site, f), b); }
    // 390 documents a bin, as with 100,000 plugins
    for (let i = 0; i < Number(process.argv[2] ?? 0); i += 1) { const f = path.join(site, `api/v1/plugins/page/n${i}.json`); if (i === 0) fs.mkdirSync(path.dirname(f), { recursive: true }); fs.writeFileSync(f, '{}'); }
    await initKeys({ folder: path.join(top, 'trust'), keys: path.join(top, 'keys'), settings }, { crypto, nowMs });
    await sign({ site, trust: (await readTrustFolder(path.join(top, 'trust'), crypto))!, settings, signers: await readKeyFolder(path.join(top, 'keys')) }, { crypto, nowMs });
    const t = path.join(site, 'api/v1/trust'); for (const f of fs.readdirSync(t)) registry.files.set(`api/v1/trust/${f}`, fs.readFileSync(path.join(t, f)));
  }
  const home = path.join(top, name); fs.mkdirSync(home, { recursive: true });
  setups.push({ name, url: registry.url, env: { HOME: home, PATH: process.env.PATH ?? '' }, registry });
}
const times: Record<string, number[]> = { node: [] };
for (const s of setups) { const cold = await run([main, 'plugin', 'info', '@acme/hello', '--registry', s.url], s.env); console.log('cold', s.name, cold.toFixed(0), s.registry.requests); }
for (let k = 0; k < 15; k += 1) {
  times.node!.push(await run(['-e', '0'], {}));
  for (const s of setups) { s.registry.requests.length = 0; (times[s.name] ??= []).push(await run([main, 'plugin', 'info', '@acme/hello', '--registry', s.url], s.env)); if (k === 0) console.log('warm', s.name, s.registry.requests); }
}
for (const [n, t] of Object.entries(times)) { t.sort((a, b) => a - b); console.log(n, 'median', t[7]!.toFixed(1), 'min', t[0]!.toFixed(1)); }
for (const s of setups) await s.registry[Symbol.asyncDispose]();
fs.rmSync(folder, { recursive: true, force: true }); fs.rmSync(top, { recursive: true, force: true });
