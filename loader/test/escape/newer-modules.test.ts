import { escapeTest } from '../support/escape.ts';

/** What came to Node.js in the last versions, and reads, writes, runs or widens something. Where there is none, nothing is tried. */
escapeTest('none of what is new in Node.js leads out', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    import module, { createRequire } from 'node:module';
    import v8 from 'node:v8';
    const require = createRequire(import.meta.url);
    const file = ${JSON.stringify(secretFile)};
    const dir = ${JSON.stringify(dir)};
    const usable = async (name) => Object.keys(await import(name));
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      ffi: () => usable('node:ffi'),
      quic: () => usable('node:quic'),
      vfs: () => usable('node:vfs'),
      tests: () => usable('node:test'),
      reporters: () => usable('node:test/reporters'),
      wasi: () => usable('node:wasi'),
      traces: () => usable('node:trace_events'),
      asset: async () => (await import('node:sea')).getAsset(file),
      hooks: () => module.registerHooks({ load: () => ({ format: 'json', source: fs.readFileSync(file), shortCircuit: true }) }),
      compileCache: () => module.enableCompileCache(dir),
      program: () => process.execve('/bin/sh', ['sh', '-c', ': > ' + dir + '/ran']),
      variables: () => { process.loadEnvFile(file); return process.env; },
      blob: async () => (await fs.openAsBlob(file)).text(),
      statistics: () => fs.statfsSync(dir).blocks,
      watch: () => { fs.watch(dir).close(); return 'watched'; },
      disposable: async () => (await fs.promises.mkdtempDisposable(dir + '/t-')).path,
      heap: () => v8.writeHeapSnapshot(dir + '/x.heapsnapshot'),
      snapshot: () => v8.startupSnapshot.addSerializeCallback(() => undefined),
      switches: () => v8.setFlagsFromString('--allow-natives-syntax'),
      worker: async () => new (await import('node:worker_threads')).Worker('0', { eval: true }),
      storage: () => { localStorage.setItem('a', 'b'); return 'kept'; },
    };`,
});
