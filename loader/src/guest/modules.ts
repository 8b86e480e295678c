/**
 * Modules that a plugin does not get, and what is taken from others. Node itself refuses most of what they can do; this
 * says so earlier, with the permission that is missing, and closes what Node leaves open.
 */
// Not by name: Node before 22.15 has no `registerHooks`, and such an import would not link.
import nodeModule from 'node:module';
import vm from 'node:vm';
import type workerThreads from 'node:worker_threads';
import type { AllowedPowers } from '../bridge/protocol.ts';
import { limitChildren } from './children.ts';
import type { FirstUse } from './first-use.ts';
import { NEVER, refusing, type Refuse } from './refuse.ts';

const REFUSED: ReadonlySet<string> = new Set([
  'cluster',
  'ffi',
  'inspector',
  'inspector/promises',
  'repl',
  'sqlite',
  'test',
  'test/reporters',
  'trace_events',
  'wasi',
]);

/** Ways to put hooks of one's own before ours. */
const HOOKING = [
  'register',
  'registerHooks',
  'enableCompileCache',
  '_initPaths',
  '_preloadModules',
  'runMain',
] as const;

interface ModulePorts {
  readonly refuse: Refuse;
  readonly firstUse: FirstUse;
  /** A thread is hardened before its own module is run, which `runMain` does. */
  readonly isThread?: boolean;
}

/** `syncBuiltinESMExports` is left to the caller. */
export function patchModules(allowed: AllowedPowers, { refuse, firstUse, isThread = false }: ModulePorts): void {
  const check = createCheck(refuse, allowed, firstUse);
  const getBuiltin = process.getBuiltinModule.bind(process);
  const children = (): void => limitChildren(getBuiltin('node:child_process'), refuse, allowed.childProcess);
  // Where programs may be started, their names are held by nothing else.
  if (allowed.childProcess.length > 0) children();
  else firstUse.onModules(['child_process'], children);
  if ('registerHooks' in nodeModule)
    nodeModule.registerHooks({
      resolve(specifier, context, nextResolve) {
        check(specifier);
        const resolved = nextResolve(specifier, context);
        check(resolved.url);
        return resolved;
      },
    });
  else firstUse.now();
  const guarded = (id: string): unknown => {
    check(`node:${id.replace(/^node:/, '')}`);
    return getBuiltin(id);
  };
  Object.defineProperty(process, 'getBuiltinModule', { value: guarded, configurable: false, writable: false });
  for (const name of HOOKING)
    if (name !== 'runMain' || !isThread) delete (nodeModule as unknown as Record<string, unknown>)[name];
  if (!allowed.codeGeneration) refuseVm(refuse);
  if (allowed.workers) keepWorkersHardened(getBuiltin('node:worker_threads'));
}

/** @throws what `refuse` makes */
function createCheck(
  refuse: Refuse,
  { codeGeneration }: AllowedPowers,
  firstUse: FirstUse,
): (specifier: string) => void {
  return (specifier) => {
    if (/^data:/i.test(specifier) && !codeGeneration)
      throw refuse({ permission: 'codeGeneration', resource: 'importing a data: URL' });
    const builtin = nodeModule.isBuiltin(specifier) ? specifier.replace(/^node:/, '') : undefined;
    if (builtin !== undefined && REFUSED.has(builtin))
      throw refuse({ permission: NEVER, resource: `the module node:${builtin}` });
    if (builtin !== undefined) firstUse.before(builtin);
  };
}

/** `vm` makes code from text whatever V8 was told. */
function refuseVm(refuse: Refuse): void {
  // Node 22 itself uses `vm`, once, when the first reader of a stream lets go: let it be now.
  if (process.versions.node.startsWith('22.')) new ReadableStream().getReader().releaseLock();
  const refused = refusing(refuse, { permission: 'codeGeneration', resource: 'node:vm' });
  const target = vm as unknown as Record<string, unknown>;
  for (const name of [...Object.getOwnPropertyNames(vm.Script.prototype), 'runInThisContext', 'runInContext'])
    Object.defineProperty(vm.Script.prototype, name, { value: refused });
  for (const name of Object.keys(target)) if (typeof target[name] === 'function') target[name] = refused;
}

/**
 * A worker's own options could leave out the preload that hardens it, and its own variables could hold switches that come
 * before it or make the runtime write profiles wherever they say.
 */
function keepWorkersHardened(target: typeof workerThreads): void {
  const { Worker } = target;
  // Later, the plugin may have put something else in its place.
  const { construct } = Reflect;
  const hardened = new Proxy(Worker, {
    construct(original, [file, options]: [string | URL, workerThreads.WorkerOptions?], newTarget) {
      return construct(original, [file, withoutSwitches(options)], newTarget);
    },
  });
  Object.defineProperty(Worker.prototype, 'constructor', { value: hardened });
  (target as { Worker: unknown }).Worker = hardened;
}

/** A copy, each property read once. What is set to undefined cannot come from a prototype. */
function withoutSwitches(options: workerThreads.WorkerOptions | undefined): object {
  const { env, ...rest } = options ?? {};
  if (typeof env !== 'object' || env === null) return { ...rest, env, execArgv: undefined };
  const variables: NodeJS.ProcessEnv = { ...env };
  delete variables['NODE_OPTIONS'];
  delete variables['NODE_V8_COVERAGE'];
  return { ...rest, env: variables, execArgv: undefined };
}
