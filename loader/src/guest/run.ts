/**
 * What a plugin's process does. It runs with the switches that sandbox/command.ts sets; file descriptor 3 is the pipe to
 * the daemon's process.
 *
 * The plugin's code runs in this process too, so nothing here protects anything from it. What protects is the runtime's
 * permission model, the system, and the host, which believes no word of this process.
 */
import diagnostics from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';
import { Socket, type AddressInfo } from 'node:net';
import { createFrameReader, encodeFrame, FRAME, type Frame } from '../bridge/frames.ts';
import { createPeer, type Peer } from '../bridge/peer.ts';
import type { Denial, Resolved, StartMessage } from '../bridge/protocol.ts';
import { patchFiles } from './files.ts';
import { createFirstUse } from './first-use.ts';
import { patchModules } from './modules.ts';
import { patchNetwork, type NetworkPorts } from './network.ts';
import { createGuestPlugin, type ImportModule } from './plugin.ts';
import { patchProcess, setEnvironment } from './process.ts';
import { createRefuse } from './refuse.ts';
import { createGuestServers } from './servers.ts';
import { createGuestTunnels } from './tunnel.ts';

const PIPE_FD = 3;
const UNCAUGHT_EXIT = 70;

/** Talks to the daemon's process until the pipe closes. @param importModule `import()` of an absolute URL */
export function runGuest(importModule: ImportModule): void {
  const { reallyExit } = process as unknown as { readonly reallyExit: (code: number) => never };
  const end = reallyExit.bind(process);
  const pipe = new Socket({ fd: PIPE_FD, readable: true, writable: true });
  const send = (frame: Frame): void => void pipe.write(encodeFrame(frame));
  const tunnels = createGuestTunnels(send);
  const servers = createGuestServers({
    tunnels,
    openPort: async (request) => (await peer.call('open-port', [request])) as AddressInfo,
    closePort: (listener) => peer.note('close-port', [listener]),
  });
  const plugin = createGuestPlugin({
    importModule,
    peer: () => peer,
    harden({ env, allowed }) {
      const refuse = createRefuse((denial) => peer.note('denied', [denial]));
      const lookup = async (host: string): Promise<readonly Resolved[]> =>
        (await peer.call('lookup', [host])) as readonly Resolved[];
      harden({ env, allowed }, { tunnels, servers, lookup, refuse, firstUse: createFirstUse() });
      reportDenials(peer);
    },
  });
  const peer = createPeer({ side: 'guest', send, onCall: plugin.onCall, onNote: plugin.onNote });
  const reader = createFrameReader((frame) => {
    if (isMessage(frame)) peer.receive(frame);
    else if (frame.type === FRAME.accepted) servers.accept(frame);
    else tunnels.receive(frame);
  });
  pipe.on('data', (chunk: Buffer) => reader.push(chunk));
  // Without the daemon there is nothing left to do.
  pipe.on('close', () => end(0));
  pipe.on('error', () => end(0));
  process.on('unhandledRejection', (reason) => peer.note('fault', ['rejection', reason]));
  process.on('uncaughtException', (error) => {
    setTimeout(() => end(UNCAUGHT_EXIT), 1_000);
    peer.note('fault', ['exception', error]);
    pipe.end(() => end(UNCAUGHT_EXIT));
  });
}

function isMessage({ type }: Frame): boolean {
  return type === FRAME.call || type === FRAME.result || type === FRAME.note;
}

function harden({ env, allowed }: Pick<StartMessage, 'env' | 'allowed'>, network: NetworkPorts): void {
  patchNetwork(network);
  setEnvironment(env);
  patchModules(allowed, network);
  patchProcess(network.refuse, allowed);
  patchFiles(network.refuse);
  syncBuiltinESMExports();
}

/** What the runtime itself refuses, where it says so (Node 26); elsewhere the host reads it off the errors. */
function reportDenials(peer: Peer): void {
  const told = new Set<string>();
  for (const kind of ['fs', 'child', 'worker', 'net', 'addon'])
    diagnostics.subscribe(`node:permission-model:${kind}`, (message) => {
      const { permission = '', resource = '' } = message as Partial<Denial>;
      const key = `${permission} ${resource}`;
      if (told.has(key) || told.size >= 1_000) return;
      told.add(key);
      peer.note('denied', [{ permission, resource }]);
    });
}
