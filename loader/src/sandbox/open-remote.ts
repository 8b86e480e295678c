/**
 * A plugin in a process of its own: started with exactly its grants, watched from here, and reached through an object
 * with the plugin's methods, each an asynchronous call.
 */
import { realpathSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { ArError } from '@ar-registry/core/errors';
import type { Plugin } from '@ar-registry/sdk';
import { FRAME, type Frame } from '../bridge/frames.ts';
import { createPeer, type Peer } from '../bridge/peer.ts';
import type { ExportDescription, StartMessage } from '../bridge/protocol.ts';
import { describeThrown } from '../contain.ts';
import type { Guest } from '../host/guest.ts';
import type { Host } from '../host/host.ts';
import { checkDescription } from '../instance/check-export.ts';
import type { Instance, SandboxStatus } from '../instance/instance.ts';
import { PLUGIN_SURFACES } from '../instance/plugin-surface.ts';
import type { PreparedPlugin } from '../prepare.ts';
import { createChannel, type Channel } from './channel.ts';
import { guestCommand } from './command.ts';
import { createDenials, type Denials } from './denials.ts';
import { createEnding, DYING_MS, type Ending } from './ending.ts';
import { startProcess, type GuestProcess } from './guest-process.ts';
import { hearOutOfMemory } from './last-words.ts';
import { findLink } from './links.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createLineBudget, logOutput, type LineBudget } from './output.ts';
import { toSandboxPolicy, type SandboxPolicy } from './policy.ts';
import { ownNetwork } from './own-network.ts';
import { createRemotePlugin } from './remote-plugin.ts';
import { createServices, type Services } from './services.ts';
import { createTunnels, type Tunnels } from './tunnels.ts';
import { readRssMb, startWatchdog, type Watchdog } from './watchdog.ts';

/**
 * Starts the process of a plugin and imports the plugin there. If `guest` is aborted meanwhile, the process is ended.
 *
 * @throws SANDBOX_UNAVAILABLE, SANDBOX_FOLDER_UNSAFE, SANDBOX_PACKAGE_LINKED, PLUGIN_IMPORT_FAILED, PLUGIN_EXPORT_INVALID
 */
export async function openRemote(guest: Guest, host: Host): Promise<Instance> {
  const { prepared } = guest;
  const { process, policy, budget, sandbox } = await launch(guest, host);
  const remote = connectRemote(process, { guest, host, policy, budget });
  const giveUp = (): void => remote.end('was given up on');
  guest.context.signal.addEventListener('abort', giveUp, { once: true });
  try {
    if (guest.context.signal.aborted) giveUp();
    // While the process begins, which runs nothing of the plugin before it is told to start.
    await checkFolders(prepared, policy);
    const description = await start(remote, guest, policy);
    remote.begin();
    checkDescription(prepared.name, description, PLUGIN_SURFACES[prepared.type]);
    guest.context.signal.removeEventListener('abort', giveUp);
    guest.context.signal.addEventListener('abort', () => remote.peer.note('abort', []), { once: true });
    const plugin = createRemotePlugin(description, { ...remote, type: prepared.type });
    const memoryBytes = async (): Promise<number> => Math.round(readRssMb(process.pid) * 1024 * 1024);
    return { ...toInstance(remote, plugin), sandbox, memoryBytes };
  } catch (error) {
    await remote.close();
    throw error;
  }
}

interface Launched {
  readonly process: GuestProcess;
  readonly sandbox: SandboxStatus;
  readonly policy: SandboxPolicy;
  readonly budget: LineBudget;
}

/** Nothing of the plugin runs in the process yet, and what is in its folders is not looked at. */
async function launch(guest: Guest, host: Host): Promise<Launched> {
  const { prepared, logger } = guest;
  const { name: plugin } = prepared;
  const runtime = await host.sandbox.runtime(plugin);
  const dataDir = realpathSync.native(guest.context.dataDir);
  const policy = toSandboxPolicy(prepared, { ...host.sandbox, dataDir });
  for (const problem of policy.unkept) logger.warn('a permission is not given', { problem });
  const sandbox = { node: runtime.version, missing: runtime.missing };
  logger[runtime.missing.length > 0 ? 'warn' : 'info']('runs in a sandbox', sandbox);
  const command = guestCommand(runtime, policy, { ...host.limits, ...host.sandbox.guest() });
  const process = await startProcess(command, dataDir).catch((error: unknown) => {
    throw new ArError('SANDBOX_UNAVAILABLE', { plugin, missing: describeThrown(error) }, { cause: error });
  });
  const budget = createLineBudget({
    linesPerSecond: host.limits.maxLogLinesPerSecond,
    onLost: (lines) => {
      guest.metrics.counter('ar_plugin_log_lines_lost_total', lines);
      logger.warn('lines were lost: the plugin logs too much', { lines });
    },
  });
  logOutput(process.stdout, { budget, now: host.elapsedMs, log: (line) => logger.info(line, { stream: 'stdout' }) });
  logOutput(process.stderr, { budget, now: host.elapsedMs, log: (line) => logger.warn(line, { stream: 'stderr' }) });
  return { process, policy, budget, sandbox };
}

/** No code of the plugin has run when this fails. */
async function checkFolders({ name: plugin, dir, trust }: PreparedPlugin, policy: SandboxPolicy): Promise<void> {
  const packageDir = realpathSync.native(dir);
  const readable = policy.read.map((granted) => ({ ...granted, isWritable: false }));
  const writable = policy.write.map((granted) => ({ ...granted, isWritable: true }));
  for (const folder of [...readable, ...writable].filter(({ isFolder }) => isFolder)) {
    const isPackage = folder.path === packageDir;
    // The store is the loader's to mend, a folder of the user's own is not.
    const unsafe = await findLink({ ...folder, removesPrograms: isPackage && trust !== 'local' });
    if (unsafe?.isLink && isPackage)
      throw new ArError('SANDBOX_PACKAGE_LINKED', { plugin, path: unsafe.path, folder: packageDir });
    if (unsafe) throw new ArError('SANDBOX_FOLDER_UNSAFE', { plugin, problem: unsafe.problem });
  }
}

/** The host's side of one process. */
export interface Remote {
  readonly peer: Peer;
  readonly services: Services;
  readonly denials: Denials;
  /** Says that the plugin is imported. */
  readonly begin: () => void;
  /** Settles when the process has ended, with why. */
  readonly ended: Promise<string>;
  /** Ends the process; `reason` says why, a clause about it. */
  end(reason: string): void;
  /** Ends the process and gives everything back. */
  close(): Promise<void>;
}

interface RemotePorts {
  readonly guest: Guest;
  readonly host: Host;
  readonly policy: SandboxPolicy;
  readonly budget: LineBudget;
}

function connectRemote(process: GuestProcess, ports: RemotePorts): Remote {
  const { guest, host, policy, budget } = ports;
  const denials = createDenials(guest);
  const ending = createEnding(process);
  const { maxHeapMb } = host.limits;
  hearOutOfMemory(process.stderr, () => ending.announce(`ran out of memory: its heap may have ${maxHeapMb} MB`));
  const channel: Channel = createChannel({
    pipe: process.pipe,
    now: host.elapsedMs,
    onFrame: (frame) => (isMessage(frame) ? peer.receive(frame) : tunnels.receive(frame)),
    onViolation: (problem) => ending.end(`broke the protocol of the sandbox: ${problem}`),
    onClose: ending.expect,
  });
  const tunnels = openTunnels(ports, { channel, denials });
  const listeners = openListeners(ports, { tunnels, denials });
  const services = createServices({
    guest,
    host,
    budget,
    denials,
    peer: () => peer,
    lookup: tunnels.lookup,
    listeners,
    onException: (error) => ending.announce(`threw where nothing caught it: ${describeThrown(error)}`),
  });
  const peer: Peer = createPeer({
    side: 'host',
    send: channel.send,
    onCall: services.onCall,
    onNote: services.onNote,
    onUnanswered: (calls) => ending.end(`left ${calls} calls unanswered`),
    onLoad: (answering, bytes) => channel.hold(answering >= MAX_ANSWERING || bytes >= MAX_ANSWERING_BYTES),
  });
  const watchdog = watch(process, { host, policy, peer, ending });
  const ended = ending.ended.then((reason) => {
    release({ watchdog, listeners, tunnels });
    peer.close(new Error(reason));
    return reason;
  });
  const close = async (): Promise<void> => {
    await services.close();
    ending.end('was ended');
    channel.close();
    await ended;
    await Promise.all([process.stdout, process.stderr].map(letGo));
    budget.close();
  };
  return { peer, services, denials, ended, begin: watchdog.begin, end: ending.end, close };
}

interface Released {
  readonly watchdog: Watchdog;
  readonly listeners: Listeners;
  readonly tunnels: Tunnels;
}

/** What a process that has ended leaves behind here. */
function release({ watchdog, listeners, tunnels }: Released): void {
  watchdog.stop();
  listeners.close();
  tunnels.close();
}

interface Watched extends Pick<RemotePorts, 'host' | 'policy'> {
  readonly peer: Peer;
  readonly ending: Ending;
}

function watch({ pid }: GuestProcess, { host, policy, peer, ending }: Watched): Watchdog {
  const { limits, elapsedMs: now, sandbox } = host;
  const startsPrograms = policy.childProcess.length > 0 || policy.nativeAddons;
  const ping = (): Promise<unknown> => peer.call('ping', []);
  return startWatchdog({ pid, startsPrograms, ping, limits, now, rounds: sandbox.rounds, onLimit: ending.end });
}

/** What a process printed last is read; a program that it left behind may keep its output open for ever. */
async function letGo(output: Readable): Promise<void> {
  const late = setTimeout(() => output.destroy(), DYING_MS);
  await finished(output).catch(() => undefined);
  clearTimeout(late);
}

/** Calls of a guest that are answered at once; more wait in the pipe. */
const MAX_ANSWERING = 256;
const MAX_ANSWERING_BYTES = 1024 * 1024;

function openTunnels(
  { guest, host, policy }: RemotePorts,
  { channel, denials }: { readonly channel: Channel; readonly denials: Denials },
): Tunnels {
  return createTunnels({
    rules: policy.network,
    resolve: (name, signal) => host.sandbox.lookups.resolve(guest.prepared.name, name, signal),
    ownNetwork: () => ownNetwork(networkInterfaces()),
    send: channel.send,
    onDenied: (target, why) => denials.tell({ permission: `network: [${target}]`, resource: `${target}: ${why}` }),
    maxConnections: host.limits.maxConnections,
    maxAccepted: host.limits.maxAccepted,
  });
}

function openListeners(
  { policy }: RemotePorts,
  { tunnels, denials }: { readonly tunnels: Tunnels; readonly denials: Denials },
): Listeners {
  return createListeners({
    rules: policy.listen,
    accept: (listener, socket) => tunnels.accept(listener, socket),
    onDenied: (target) => denials.tell({ permission: `listen: [${target}]`, resource: `listening on ${target}` }),
  });
}

function isMessage({ type }: Frame): boolean {
  return type === FRAME.call || type === FRAME.result || type === FRAME.note;
}

async function start(
  { peer, services }: Remote,
  { prepared, context, agentName }: Guest,
  { env, childProcess, workers, nativeAddons, codeGeneration }: SandboxPolicy,
): Promise<ExportDescription> {
  const { name: plugin, mainPath, type, config } = prepared;
  const message: StartMessage = {
    plugin,
    mainUrl: pathToFileURL(realpathSync.native(mainPath)).href,
    agentName,
    dataDir: realpathSync.native(context.dataDir),
    config,
    env,
    allowed: { childProcess, workers, nativeAddons, codeGeneration },
    methods: PLUGIN_SURFACES[type].methods.map(({ path }) => path),
    daemon: services.daemonState(),
  };
  try {
    return (await peer.call('start', [message])) as ExportDescription;
  } catch (error) {
    throw new ArError('PLUGIN_IMPORT_FAILED', { plugin, reason: describeThrown(error) }, { cause: error });
  }
}

function toInstance(remote: Remote, plugin: Plugin): Instance {
  let closing = false;
  return {
    plugin,
    onCrash(listener) {
      void remote.ended.then((reason) => (closing ? undefined : listener(reason)));
    },
    close() {
      closing = true;
      return remote.close();
    },
  };
}
