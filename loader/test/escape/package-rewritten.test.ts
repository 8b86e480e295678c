import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeTest } from '../support/escape.ts';

escapeTest('a second name in the data folder does not make a file of the package writable', {
  files: { 'own.txt': 'as published' },
  attempts: () => `
    import fs from 'node:fs';
    const own = new URL('./own.txt', import.meta.url).pathname;
    const write = (path) => { fs.writeFileSync(path, 'changed'); return 'changed'; };
    export const attempts = {
      control: () => (fs.readFileSync(own, 'utf8') === 'as published' ? 'works' : ''),
      plain: () => write(own),
      link: ({ dataDir }) => { fs.linkSync(own, dataDir + '/second'); return write(dataDir + '/second'); },
      promise: async ({ dataDir }) => { await fs.promises.link(own, dataDir + '/third'); return write(dataDir + '/third'); },
      moved: ({ dataDir }) => { fs.renameSync(own, dataDir + '/moved'); return 'moved'; },
      replaced: ({ dataDir }) => { fs.writeFileSync(dataDir + '/new', 'changed'); fs.renameSync(dataDir + '/new', own); return 'changed'; },
      removed: () => { fs.rmSync(own); return 'removed'; },
      mode: () => { fs.chmodSync(own, 0o666); return 'changed'; },
      opened: () => fs.openSync(own, 'r+'),
      descriptor: () => { const fd = fs.openSync(own, 'r'); try { fs.fchmodSync(fd, 0o666); } finally { fs.closeSync(fd); } return 'changed'; },
      times: () => { const fd = fs.openSync(own, 'r'); try { fs.futimesSync(fd, 1, 1); } finally { fs.closeSync(fd); } return 'changed'; },
      cut: () => { const fd = fs.openSync(own, 'r'); try { fs.ftruncateSync(fd, 0); } finally { fs.closeSync(fd); } return 'changed'; },
    };`,
  observe: ({ planted }) => readFileSync(join(planted.packageDir, 'own.txt'), 'utf8'),
  observed: 'as published',
});
