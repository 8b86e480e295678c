import { readdirSync } from 'node:fs';
import { escapeTest } from '../support/escape.ts';

escapeTest('a thread is not started with switches of the runtime, in its options or in its variables', {
  permissions: { workers: true },
  files: {
    'thread.mjs': `
      import { parentPort } from 'node:worker_threads';
      let hardened = false;
      try { process.kill(${process.pid}, 0); } catch (error) { hardened = error.code === 'ERR_ACCESS_DENIED'; }
      parentPort.postMessage([hardened, Boolean(globalThis.preloaded)]);`,
    'preload.cjs': `globalThis.preloaded = true; delete require('node:worker_threads').isMainThread;`,
    'full.mjs': `for (const all = []; ;) all.push(Array.from({ length: 1e4 }, () => ({ x: 1 })));`,
  },
  attempts: ({ dir }) => `
    import { SHARE_ENV, Worker } from 'node:worker_threads';
    const preload = new URL('./preload.cjs', import.meta.url).pathname;
    const switches = [
      '--cpu-prof --cpu-prof-dir=${dir}',
      '--heap-prof --heap-prof-dir=${dir}',
      '--redirect-warnings=${dir}/warnings',
      '--require=' + preload,
    ];
    const run = (options, file = './thread.mjs') => new Promise((resolve, reject) => {
      let told;
      new Worker(new URL(file, import.meta.url), options).on('message', (message) => (told = message)).on('error', reject).on('exit', () => resolve(told));
    });
    const variables = (options) => ({ env: { NODE_OPTIONS: options, NODE_V8_COVERAGE: ${JSON.stringify(dir)} } });
    const all = async (make) => {
      const told = [];
      for (const one of switches) told.push(...(await run(make(one))));
      return JSON.stringify([...new Set(told)]);
    };
    export const attempts = {
      control: async () => ((await run({}))[0] ? 'works' : 'broken'),
      variables: () => all(variables),
      options: () => all((one) => ({ execArgv: one.split(' ') })),
      inherited: () => all((one) => Object.create({ execArgv: one.split(' ') })),
      polluted: () => all((one) => { Object.prototype.execArgv = one.split(' '); setTimeout(() => delete Object.prototype.execArgv); return {}; }),
      own: () => { process.env.NODE_OPTIONS = switches[0]; return all(() => ({})); },
      shared: () => { process.env.NODE_OPTIONS = switches[0]; return all(() => ({ env: SHARE_ENV })); },
      derived: () => all((one) => variables(one)),
      text: () => new Promise((resolve, reject) => {
        const text = 'let code; try { process.kill(${process.pid}, 0); } catch (error) { code = error.code; } require("node:worker_threads").parentPort.postMessage(code);';
        new Worker(text, { eval: true }).on('message', (code) => resolve(JSON.stringify([code === 'ERR_ACCESS_DENIED', false]))).on('error', reject);
      }),
      full: () => run({ ...variables('--diagnostic-dir=${dir} --heapsnapshot-near-heap-limit=1'), resourceLimits: { maxOldGenerationSizeMb: 20 } }, './full.mjs'),
    };`,
  returns: Object.fromEntries(
    ['variables', 'options', 'inherited', 'polluted', 'own', 'shared', 'derived', 'text'].map((name) => [
      name,
      '[true,false]',
    ]),
  ),
  observe: ({ outside }) => readdirSync(outside.dir),
  observed: ['secret.txt'],
});
