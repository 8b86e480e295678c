import { escapeTest } from '../support/escape.ts';

/**
 * Node's permission model does not hide from the ways to a module whether a file is there, as docs/sandbox.md says. Everything
 * else fails alike whether there is one or not, and nothing tells where a link leads.
 */
escapeTest('what tells that a file is there is known, and tells no more', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    import module, { createRequire } from 'node:module';
    import { pathToFileURL } from 'node:url';
    const require = createRequire(import.meta.url);
    const there = ${JSON.stringify(secretFile)};
    const missing = ${JSON.stringify(`${dir}/absent.txt`)};
    const outcome = async (ask, path) => {
      try { return JSON.stringify([await ask(path)]).replaceAll(path, '…'); }
      catch (error) { return [error.code, error.message, error.syscall, error.errno].join(' ').replaceAll(path, '…').replaceAll(pathToFileURL(path).href, '…'); }
    };
    /** Refused is whatever tells nothing; an answer is only returned if it differs. */
    const compare = (ask) => async (context) => {
      const [one, other] = [await outcome((path) => ask(path, context), there), await outcome((path) => ask(path, context), missing)];
      if (one === other) throw new Error('nothing is told');
      return 'told';
    };
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      ownFiles: async ({ dataDir }) => {
        const told = [await outcome(fs.existsSync, dataDir + '/x'), await outcome(fs.existsSync, dataDir + '/y')];
        if (told[0] === told[1]) return 'nothing can be told at all';
        throw new Error('as it should be');
      },
      exists: compare((path) => fs.existsSync(path)),
      access: compare((path) => fs.accessSync(path)),
      status: compare((path) => fs.statSync(path)),
      quietStatus: compare((path) => fs.statSync(path, { throwIfNoEntry: false }) === undefined),
      linkStatus: compare((path) => fs.lstatSync(path)),
      realPath: compare((path) => fs.realpathSync(path)),
      nativePath: compare((path) => fs.realpathSync.native(path)),
      readLink: compare((path) => fs.readlinkSync(path)),
      folder: compare((path) => fs.opendirSync(path)),
      list: compare((path) => fs.readdirSync(path)),
      glob: compare((path) => fs.globSync(path)),
      remove: compare((path) => fs.unlinkSync(path)),
      removeQuietly: compare((path) => fs.rmSync(path, { force: true })),
      rename: compare((path, { dataDir }) => fs.renameSync(path, dataDir + '/renamed')),
      copy: compare((path, { dataDir }) => fs.copyFileSync(path, dataDir + '/copied')),
      copyTree: compare((path, { dataDir }) => fs.cpSync(path, dataDir + '/tree', { dereference: true, recursive: true })),
      makeFolder: compare((path) => fs.mkdirSync(path)),
      makeFolders: compare((path) => fs.mkdirSync(path, { recursive: true })),
      createOnly: compare((path) => fs.openSync(path, 'wx')),
      statistics: compare((path) => fs.statfsSync(path)),
      watch: compare((path) => fs.watch(path).close()),
      resolve: compare((path) => require.resolve(path)),
      require: compare((path) => require(path)),
      resolveUrl: compare((path) => import.meta.resolve(pathToFileURL(path).href)),
      import: compare((path) => import(pathToFileURL(path).href)),
      importJson: compare((path) => import(pathToFileURL(path).href, { with: { type: 'json' } })),
      packageOf: compare((path) => module.findPackageJSON(pathToFileURL(path))),
      addon: compare((path) => process.dlopen({ exports: {} }, path)),
      program: compare((path) => process.execve(path, [path])),
      socket: compare(async (path) => {
        const { connect } = await import('node:net');
        await new Promise((resolve, reject) => connect({ path }, resolve).on('error', reject));
      }),
      environment: compare((path) => process.loadEnvFile(path)),
      sourceMap: compare((path) => module.findSourceMap(path)),
    };`,
  returns: {
    realPath: 'told',
    resolve: 'told',
    require: 'told',
    import: 'told',
    importJson: 'told',
    packageOf: 'told',
  },
});
