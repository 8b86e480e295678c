import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { escapeTest } from '../support/escape.ts';

escapeTest('the runtime is not made to write files for the plugin', {
  attempts: ({ dir }) => `
    import fs from 'node:fs';
    import v8 from 'node:v8';
    import module from 'node:module';
    const dir = ${JSON.stringify(dir)};
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      flags: () => {
        v8.setFlagsFromString('--redirect-code-traces');
        v8.setFlagsFromString('--redirect-code-traces-to=' + dir + '/trace');
        v8.setFlagsFromString('--print-bytecode');
      },
      snapshot: () => v8.writeHeapSnapshot(dir + '/heap'),
      nearLimit: () => v8.setHeapSnapshotNearHeapLimit(1),
      nearLimitProfile: () => v8.setHeapProfileNearHeapLimit(1),
      coverage: () => { process.env.NODE_V8_COVERAGE = dir; v8.takeCoverage(); },
      sourceMap: ({ dataDir }) => {
        fs.writeFileSync(dataDir + '/mapped.cjs', 'module.exports = 1;\\n//# sourceMappingURL=' + dir + '/secret.txt');
        process.setSourceMapsEnabled(true);
        module.createRequire(import.meta.url)(dataDir + '/mapped.cjs');
        const { payload } = module.findSourceMap(dataDir + '/mapped.cjs');
        return payload;
      },
      report: () => process.report.writeReport(dir + '/report.json'),
      workingFolder: () => process.chdir(dir),
      compileCache: () => module.enableCompileCache(dir + '/cache'),
      traceEvents: async () => (await import('node:trace_events')).createTracing({ categories: ['node'] }).enable(),
      profile: () => process.binding('profiler'),
      environmentFile: () => process.loadEnvFile(dir + '/secret.txt'),
    };`,
  observe: ({ outside }) => [
    readdirSync(outside.dir),
    readdirSync(tmpdir()).filter((name) => name.startsWith('perf-')),
  ],
  observed: [['secret.txt'], []],
});
