import { escapeTest } from '../support/escape.ts';

const SCHEMA = (dir: string): string =>
  JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      apiUrl: { type: 'string', default: 'http://127.0.0.1:1' },
      cacheDir: { type: 'string', default: dir },
    },
  });

escapeTest('a default of the package’s own schema fills no grant', {
  manifest: `permissions: { network: ['\${API_URL}'], filesystem: { read: ['\${CACHE_DIR}'], write: ['\${CACHE_DIR}'] } }
config: { optional: [API_URL, CACHE_DIR], schema: ./schema.json }
provides: [{ bidirectional: true, external: outside, internal: inside }]
`,
  permissions: { network: ['${API_URL}'], filesystem: { read: ['${CACHE_DIR}'], write: ['${CACHE_DIR}'] } },
  files: ({ dir }) => ({ 'schema.json': SCHEMA(dir) }),
  attempts: ({ dir, secretFile }) => `
    import fs from 'node:fs';
    import net from 'node:net';
    export const attempts = {
      control: ({ config }) => (config.cacheDir === ${JSON.stringify(dir)} && config.apiUrl ? 'works' : JSON.stringify(config)),
      read: () => fs.readFileSync(${JSON.stringify(secretFile)}, 'utf8'),
      write: () => fs.writeFileSync(${JSON.stringify(dir)} + '/new', 'x'),
      connect: () => new Promise((resolve, reject) => net.connect(1, '127.0.0.1').on('connect', resolve).on('error', (error) => (error.code === 'ECONNREFUSED' ? resolve(error.code) : reject(error)))),
    };`,
  observe: ({ planted }) => [
    planted.log().match(/network \$\{API_URL\}: you gave no value for API_URL/) !== null,
    planted.log().includes('ar plugin config set @test/hostile CACHE_DIR'),
  ],
  observed: [true, true],
});
