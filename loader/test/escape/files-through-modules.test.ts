import { escapeTest } from '../support/escape.ts';

/** Modules that open files for their caller, each in its own way. */
escapeTest('no module of Node.js opens a file that the plugin may not open', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    import http2 from 'node:http2';
    import readline from 'node:readline';
    import crypto from 'node:crypto';
    import tls from 'node:tls';
    import { Duplex } from 'node:stream';
    import { pipeline } from 'node:stream/promises';
    const file = ${JSON.stringify(secretFile)};
    const dir = ${JSON.stringify(dir)};
    const first = (emitter, event) => new Promise((resolve, reject) => emitter.once(event, resolve).once('error', reject));
    /** Both ends of a connection that needs no network. */
    const pair = () => {
      let other;
      const side = () => new Duplex({ read() {}, write(chunk, _, done) { this.peer.push(chunk); done(); }, final(done) { this.peer.push(null); done(); } });
      const one = side(); other = side(); one.peer = other; other.peer = one;
      return [one, other];
    };
    const served = async (respond) => {
      const [here, there] = pair();
      const session = http2.performServerHandshake(there);
      const client = http2.connect('http://localhost', { createConnection: () => here });
      try {
        const answered = new Promise((resolve, reject) => session.on('stream', (stream) => { stream.on('error', reject); respond(stream, reject); }));
        const request = client.request({ ':path': '/' });
        let text = '';
        request.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        await Promise.race([answered, first(request, 'end')]);
        if (text === '') throw new Error('nothing came');
        return text;
      } finally { client.destroy(); session.destroy(); }
    };
    export const attempts = {
      control: async ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return served((stream) => stream.respondWithFile(dataDir + '/x')); },
      http2File: () => served((stream, reject) => stream.respondWithFile(file, {}, { onError: reject })),
      lines: async () => { for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) return line; },
      tree: ({ dataDir }) => { fs.cpSync(dir, dataDir + '/tree', { recursive: true, dereference: true }); return fs.readdirSync(dataDir + '/tree'); },
      treeOut: ({ dataDir }) => { fs.mkdirSync(dataDir + '/out', { recursive: true }); fs.writeFileSync(dataDir + '/out/planted', 'x'); fs.cpSync(dataDir + '/out', dir, { recursive: true }); },
      treeLater: async ({ dataDir }) => { await fs.promises.cp(dir, dataDir + '/later', { recursive: true, dereference: true }); return fs.readdirSync(dataDir + '/later'); },
      copyOnWrite: ({ dataDir }) => { fs.copyFileSync(file, dataDir + '/clone', fs.constants.COPYFILE_FICLONE); return fs.readFileSync(dataDir + '/clone', 'utf8'); },
      logStream: async () => { const stream = new fs.Utf8Stream({ dest: dir + '/log', sync: true }); stream.write('x'); stream.end(); await first(stream, 'close'); },
      appended: () => pipeline(['x'], fs.createWriteStream(dir + '/appended', { flags: 'a' })),
      later: async () => { const handle = await fs.promises.open(file); return handle.readFile('utf8'); },
      observed: async () => { for await (const event of fs.promises.watch(dir, { recursive: true, signal: AbortSignal.timeout(200) })) return event; return 'watched'; },
      engine: () => crypto.setEngine(dir + '/secret.txt'),
      clientEngine: () => tls.createSecureContext({ clientCertEngine: dir + '/secret.txt' }),
      keyEngine: () => tls.createSecureContext({ privateKeyIdentifier: file, privateKeyEngine: dir + '/secret.txt' }),
      reportOnSignal: () => {
        process.report.directory = dir;
        process.report.filename = 'signalled.json';
        process.report.reportOnSignal = true;
        process.kill(process.pid, process.report.signal);
        throw new Error('what became of it is seen outside');
      },
    };`,
});
