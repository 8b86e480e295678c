/**
 * Bridges: tied to the daemon by nothing but their client, which carries messages in the declared directions alone. Users
 * agree to a direction when they install a bridge; one that only brings messages in must not read what agents write.
 */
import type { RelayClient } from '@ar-registry/sdk';
import type { NormalizedManifest } from '@ar-registry/schemas';
import type { Guest } from '../host/guest.ts';
import type { Binding } from './binding.ts';

export const bridgeBinding: Binding = {
  connectsClient: true,
  restrict,
  attach: () => Promise.resolve(() => Promise.resolve()),
};

interface Directions {
  /** From outside into the relay. */
  readonly in: boolean;
  /** From the relay to outside. */
  readonly out: boolean;
}

/** What a manifest declares; all that it may carry is allowed to one that declares nothing. */
function directionsOf(manifest: NormalizedManifest): Directions {
  if (manifest.type !== 'bridge' || manifest.provides.length === 0) return { in: true, out: true };
  const carries = (direction: 'in' | 'out'): boolean =>
    manifest.provides.some((one) => one.bidirectional === true || (one.direction ?? 'in') === direction);
  return { in: carries('in'), out: carries('out') };
}

const SENDS = ['sendMessage', 'broadcast', 'sendChannelMessage'] as const;
const RECEIVES = ['onMessage', 'onChannelMessage'] as const;

function restrict({ prepared, context, logger }: Guest): void {
  const directions = directionsOf(prepared.manifest);
  const warned = new Set<string>();
  const warn = (name: string): void => {
    if (warned.has(name)) return;
    warned.add(name);
    logger.warn(`${name} does nothing: the manifest does not declare this direction under \`provides\``);
  };
  if (!directions.in) for (const name of SENDS) refuseToSend(context.client, name, warn);
  if (!directions.out) for (const name of RECEIVES) refuseToReceive(context.client, name, warn);
}

function refuseToSend(client: RelayClient, name: (typeof SENDS)[number], warn: (name: string) => void): void {
  const value = (): boolean => {
    warn(name);
    return false;
  };
  Object.defineProperty(client, name, { configurable: true, enumerable: true, value });
}

/** The slot stays empty, whatever is put in. */
function refuseToReceive(client: RelayClient, name: (typeof RECEIVES)[number], warn: (name: string) => void): void {
  const set = (callback: unknown): void => {
    if (typeof callback === 'function') warn(name);
  };
  Object.defineProperty(client, name, { configurable: true, enumerable: true, get: () => undefined, set });
}
