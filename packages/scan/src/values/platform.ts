/** Names of the platform: one spelling for each thing, whichever way a program reached it. */
import { isBuiltin } from 'node:module';
import { api, constant, UNKNOWN, type SingleValue } from './value.ts';

const GLOBAL_OBJECT_NAMES = new Set(['globalThis', 'global', 'self', 'window', 'root', 'GLOBAL']);

/** Objects that are no functions: their constructor is Object. */
const PLAIN_OBJECTS = new Set([
  'process',
  'console',
  'JSON',
  'Math',
  'Reflect',
  'Atomics',
  'Intl',
  'WebAssembly',
  'module',
  'exports',
  'crypto',
  'performance',
  'navigator',
]);

const PLAIN_FUNCTIONS = new Set(
  [
    ['Function prototype', 'parseInt', 'parseFloat', 'isNaN', 'isFinite'],
    ['fetch', 'structuredClone', 'queueMicrotask', 'atob', 'btoa', 'escape', 'unescape'],
    ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'],
    ['encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent'],
  ].flat(),
);

/** Modules that are something of the global object, or of another module. */
const SAME_AS: Readonly<Record<string, readonly string[]>> = {
  'node:process': ['process'],
  'node:console': ['console'],
  'node:fs/promises': ['node:fs', 'promises'],
  'node:dns/promises': ['node:dns', 'promises'],
  'node:path/posix': ['node:path'],
  'node:path/win32': ['node:path'],
  'node:readline/promises': ['node:readline', 'promises'],
};

const MODULE_PATHS = new Set(Object.values(SAME_AS).map((path) => path.join(' ')));

/** Members that are something else under another name, as paths joined by a space. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  'process mainModule': ['module'],
  'module require': ['require'],
  'module parent': ['module'],
  'module constructor': ['node:module'],
  'node:module Module': ['node:module'],
  'node:module prototype require': ['require'],
  'require main': ['module'],
  'arguments 0': ['module', 'exports'],
  'arguments 1': ['require'],
  'arguments 2': ['module'],
  'node:path posix': ['node:path'],
  'node:path win32': ['node:path'],
  'node:buffer Buffer': ['Buffer'],
  'node:buffer atob': ['atob'],
  'node:timers setTimeout': ['setTimeout'],
  'node:timers setInterval': ['setInterval'],
  'node:timers setImmediate': ['setImmediate'],
  'node:url URL': ['URL'],
  'node:perf_hooks performance': ['performance'],
  'node:fs promises default': ['node:fs', 'promises'],
  'node:os devNull': ['node:os', 'devNull'],
};

const MAX_PATH = 8;

/** What a free name stands for. */
export function globalNamed(name: string): SingleValue {
  if (name === 'undefined') return constant(undefined);
  if (name === 'NaN') return constant(Number.NaN);
  if (name === 'Infinity') return constant(Infinity);
  if (name === '__dirname') return { kind: 'path', base: 'package', rest: '' };
  if (name === '__filename') return { kind: 'path', base: 'package', rest: undefined };
  return GLOBAL_OBJECT_NAMES.has(name) ? api() : api(name);
}

/** What `specifier` names if it is no file of the plugin: a module of Node, or a package. */
export function moduleNamed(specifier: string): SingleValue {
  const bare = specifier.replace(/^node:/, '');
  const name = `node:${bare}`;
  if (isBuiltin(name) || isBuiltin(bare)) return api(...(SAME_AS[name] ?? [name]));
  return specifier.startsWith('.') ? UNKNOWN : api(`npm:${specifier}`);
}

/** The member `key` of something of the platform. */
export function apiMember(path: readonly string[], key: string): SingleValue {
  if (path.length === 0 || isThis(path)) return globalMember(key);
  if (key === 'default' && isModule(path)) return api(...path);
  const same = MEMBERS[[...path, key].join(' ')];
  if (same) return api(...same);
  return inheritedMember(path, key) ?? (path.length < MAX_PATH ? api(...path, key) : UNKNOWN);
}

function inheritedMember(path: readonly string[], key: string): SingleValue | undefined {
  if (key === '__proto__') return api(isObject(path) ? 'Object' : 'Function', 'prototype');
  if (key !== 'constructor') return undefined;
  return isObject(path) ? { kind: 'constructor' } : constructorOf(path);
}

/** Whether it is a function and nothing besides: no namespace, as `Object` and `Promise` are too. */
export function isPlainFunction(path: readonly string[]): boolean {
  return PLAIN_FUNCTIONS.has(path.join(' '));
}

/** `this` of a plain call: the global object, where the code is as sloppy as it looks. */
export function isThis(path: readonly string[]): boolean {
  return path.length === 1 && path[0] === 'this';
}

function isModule(path: readonly string[]): boolean {
  const name = path.join(' ');
  return (path.length === 1 && name.startsWith('node:')) || MODULE_PATHS.has(name);
}

function globalMember(key: string): SingleValue {
  if (key === 'constructor') return { kind: 'constructor' };
  if (key === '__proto__') return api('Object', 'prototype');
  return globalNamed(key);
}

function constructorOf(path: readonly string[]): SingleValue {
  return path.length > 1 && path.at(-1) === 'prototype' ? api(...path.slice(0, -1)) : api('Function');
}

/** Whether it is known to be no function: its constructor is no Function then, but has one. */
function isObject(path: readonly string[]): boolean {
  const [first = '', second = ''] = path;
  if (isModule(path) || path.at(-1) === '()') return true;
  if (path.length === 1) return PLAIN_OBJECTS.has(first);
  return path.length === 2 && first === 'process' && PROCESS_OBJECTS.has(second);
}

const PROCESS_OBJECTS = new Set(['env', 'versions', 'config', 'argv', 'report', 'stdout', 'stderr', 'stdin']);
