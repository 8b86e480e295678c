import type { ExportDescription } from './protocol.ts';

/** Compilers that emit CommonJS put the default export one level down. */
export function defaultExport(namespace: object): unknown {
  const exported = (namespace as { readonly default?: unknown }).default;
  const isTranspiled = typeof exported === 'object' && exported !== null && '__esModule' in exported;
  return isTranspiled ? (exported as { readonly default?: unknown }).default : exported;
}

/** Looks at what a plugin exports, without calling any of it. @param paths `name` or `object.name` */
export function describeExport(exported: unknown, paths: readonly string[]): ExportDescription {
  const members: Record<string, string> = {};
  for (const path of paths) {
    const { member } = findMember(exported, path);
    if (member !== undefined) members[path] = typeof member;
  }
  return { exported: exported === null ? 'null' : typeof exported, members };
}

/** A member by its path, and the object to call it on. */
export function findMember(exported: unknown, path: string): { readonly owner: unknown; readonly member: unknown } {
  const [first = '', second] = path.split('.');
  if (second === undefined) return { owner: exported, member: memberOf(exported, first) };
  const owner = memberOf(exported, first);
  return { owner, member: memberOf(owner, second) };
}

function memberOf(owner: unknown, name: string): unknown {
  if (typeof owner !== 'object' || owner === null) return undefined;
  return (owner as Readonly<Record<string, unknown>>)[name];
}
