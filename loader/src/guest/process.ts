/**
 * Takes from `process` what reaches beyond the plugin: signals, raw bindings, compiled code, other programs. Signals have
 * a wall behind this one only where the system has process namespaces; see docs/sandbox.md.
 */
import os from 'node:os';
import v8 from 'node:v8';
import { NEVER, refusing, type Refuse } from './refuse.ts';

const REMOVED = [
  'binding',
  '_linkedBinding',
  '_kill',
  '_debugProcess',
  '_debugEnd',
  '_rawDebug',
  '_getActiveHandles',
  '_getActiveRequests',
  '_startProfilerIdleNotifier',
  '_stopProfilerIdleNotifier',
  'execve',
] as const;

export function patchProcess(refuse: Refuse, { nativeAddons }: { readonly nativeAddons: boolean }): void {
  const target = process as unknown as Record<string, unknown>;
  for (const name of REMOVED) delete target[name];
  if (!nativeAddons)
    target['dlopen'] = refusing(refuse, { permission: 'nativeAddons', resource: 'loading compiled code' });
  const kill = refusing(refuse, { permission: NEVER, resource: 'sending a signal' });
  Object.defineProperty(process, 'kill', { value: kill, configurable: false, writable: false });
  Object.assign(os, {
    setPriority: refusing(refuse, { permission: NEVER, resource: 'changing the priority of a process' }),
  });
  refuseDiagnostics(refuse);
}

/** What makes V8 write files, now or when memory runs out: into the working folder, or wherever its switches say. */
const WRITING = [
  'setFlagsFromString',
  'setHeapSnapshotNearHeapLimit',
  'setHeapProfileNearHeapLimit',
  'takeCoverage',
  'stopCoverage',
];

/** Files that the runtime writes by itself are written past the permission model. */
function refuseDiagnostics(refuse: Refuse): void {
  const refused = refusing(refuse, { permission: NEVER, resource: 'making the runtime write files' });
  const engine = v8 as unknown as Record<string, unknown>;
  for (const name of WRITING) if (name in engine) engine[name] = refused;
  refuseReports(refused);
  Object.assign(process, {
    chdir: refusing(refuse, { permission: NEVER, resource: 'changing the working folder' }),
  });
}

/** What a report says. Loaders of compiled code leave out the network, to know the system's C library without delay. */
const CONTENTS: ReadonlySet<string> = new Set(['excludeNetwork', 'excludeEnv']);

/**
 * Reports may be read, but neither written nor set up: once it has a folder and a name, the runtime writes one over any
 * file when it ends for lack of memory. The setters are nowhere but on this object.
 */
function refuseReports(refused: () => never): void {
  const { report } = process;
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(report)))
    if (property.set && !CONTENTS.has(name)) Object.defineProperty(report, name, { ...property, set: refused });
  report.writeReport = refused;
  Object.freeze(report);
}

/** Makes the declared variables all that there is. */
export function setEnvironment(env: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(env, name)) delete process.env[name];
  Object.assign(process.env, env);
}
