/** The keychain of the system, if there is one that answers. */
import { access } from 'node:fs/promises';
import path from 'node:path';

/** Every method throws where no service answers; what it throws has no names to go by. */
export interface Keychain {
  read(account: string, signal: AbortSignal): Promise<string | undefined>;
  write(account: string, secret: string, signal: AbortSignal): Promise<void>;
  /** @returns whether there was one; where there was none, that is no failure */
  remove(account: string, signal: AbortSignal): Promise<boolean>;
}

const SERVICE = 'agent-relay-plugins';
/** A locked keychain asks its user, who may not be there. */
const PATIENCE_MS = 30_000;

/**
 * Opens the keychain: of macOS, of Windows, or the Secret Service. Undefined where it is not installed with this
 * program (it is an optional dependency, with a binary for each platform), and on Linux where no session bus leads to it.
 */
export async function openKeychain(env: BusEnv): Promise<Keychain | undefined> {
  if (process.platform === 'linux' && !(await hasSessionBus(env))) return undefined;
  const module = await import('@napi-rs/keyring').catch(() => undefined);
  if (!module) return undefined;
  const { AsyncEntry } = module;
  // On Linux the other store is the kernel's, which forgets at the end of the session.
  const entry = (account: string): InstanceType<typeof AsyncEntry> =>
    new AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } });
  return {
    read: async (account, signal) => (await entry(account).getPassword(patient(signal))) ?? undefined,
    write: async (account, secret, signal) => entry(account).setPassword(secret, patient(signal)),
    remove: async (account, signal) => entry(account).deleteCredential(patient(signal)),
  };
}

type BusEnv = Readonly<Record<string, string | undefined>>;

/** @source D-Bus specification, "Well-known message bus instances"; systemd, user@.service */
async function hasSessionBus(env: BusEnv): Promise<boolean> {
  if (env['DBUS_SESSION_BUS_ADDRESS']) return true;
  const runtime = env['XDG_RUNTIME_DIR'] || `/run/user/${process.getuid?.() ?? 0}`;
  return access(path.join(runtime, 'bus')).then(
    () => true,
    () => false,
  );
}

function patient(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
}
