import type { Capability } from '@ar-registry/schemas';
import type { ScanReport } from '@ar-registry/scan';

/** A package that npm installs with a plugin. Its files are attacker-controlled. */
export interface DependencyPackage {
  readonly name: string;
  readonly version: string;
  /** Of its archive, as the lock pins it. */
  readonly integrity: string;
  /** Path in the package → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

type Found = ScanReport['permissions']['found'];

/** What code can do that a sandbox has to permit, in a fixed order. Files and variables are not among them: see below. */
export function capabilitiesOf({ permissions: { found }, findings }: ScanReport): Capability[] {
  const unreadable = findings.some(({ severity, category }) => severity === 'error' && category === 'obfuscation');
  return [...permitted(found), ...(unreadable ? (['unreadable'] as const) : [])];
}

/**
 * Of the capabilities those that the plugin does not declare. A package rarely says which host it connects to: any host
 * that is declared will do, and the sandbox holds it to that one. Files and environment variables are granted by path
 * and name, which the code of a library does not tell: there the sandbox is the only guard.
 */
export function undeclared(capabilities: readonly Capability[], declared: Found): Capability[] {
  const held = new Set(permitted(declared));
  return capabilities.filter((capability) => !held.has(capability));
}

function permitted(permissions: Found): Capability[] {
  return [
    ...(permissions.network.length > 0 ? (['network'] as const) : []),
    ...(permissions.childProcess.length > 0 ? (['childProcess'] as const) : []),
    ...(permissions.nativeAddons ? (['nativeAddons'] as const) : []),
    ...(permissions.workers ? (['workers'] as const) : []),
    ...(permissions.codeGeneration ? (['codeGeneration'] as const) : []),
  ];
}
