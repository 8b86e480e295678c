import path from 'node:path';
import { dataPaths } from '@ar-registry/core/layout';
import { editUserSetting, parseUserConfig } from '@ar-registry/core/registries';
import { telemetryObstacles, type TelemetryObstacle } from '@ar-registry/core/telemetry';
import { makeFolder, readTextIfExists, writeAtomically } from '@ar-registry/io/files';
import { createEventQueue } from '@ar-registry/io/telemetry';
import { collectorsOf } from '@ar-registry/io/telemetry-sender';
import { USER_CONFIG_FILE, type Context } from '../context.ts';

/** Whether anything is told, to whom, and what speaks against it. */
export interface TelemetryState {
  readonly on: boolean;
  readonly obstacles: readonly TelemetryObstacle[];
  /** The user's own settings. */
  readonly file: string;
  readonly registries: readonly TelemetryRegistry[];
  /** How many events wait to be told. */
  readonly waiting: number;
}

export interface TelemetryRegistry {
  /** Without credentials. */
  readonly url: string;
  /** Folder of events; absent where it wants to be told nothing. */
  readonly collector?: string;
  /** Whether it ever said what it wants. */
  readonly known: boolean;
}

/** Asks nobody. @throws FILE_INVALID */
export async function readState(context: Context): Promise<TelemetryState> {
  const { env, globals, dataDir, configDir } = context;
  const file = path.join(configDir, USER_CONFIG_FILE);
  const setting = parseUserConfig((await readTextIfExists(file)) ?? '', file).telemetry;
  const obstacles = telemetryObstacles({ setting, env, offline: globals.offline });
  const registries = await readRegistries(context);
  const waiting = createEventQueue(path.join(dataDir, dataPaths.telemetry)).waiting().length;
  const on = obstacles.length === 0 && registries.some(({ collector }) => collector !== undefined);
  return { on, obstacles, file, registries, waiting };
}

async function readRegistries({ registries, dataDir }: Context): Promise<readonly TelemetryRegistry[]> {
  const collectors = collectorsOf(path.join(dataDir, dataPaths.responses));
  return Promise.all(
    (await registries()).map(async ({ registryUrl }) => ({ url: registryUrl, ...(await collectors(registryUrl)) })),
  );
}

/** Writes the user's settings; switched off, all that waits is forgotten as well. @throws FILE_INVALID, FILE_ACCESS, DISK_FULL */
export async function switchTelemetry(isOn: boolean, context: Context): Promise<TelemetryState> {
  const { configDir, dataDir } = context;
  const file = path.join(configDir, USER_CONFIG_FILE);
  const text = (await readTextIfExists(file)) ?? '';
  if (parseUserConfig(text, file).telemetry !== isOn) {
    await makeFolder(configDir);
    await writeAtomically(file, editUserSetting(text, 'telemetry', isOn));
  }
  if (isOn) await askRegistries(context);
  else createEventQueue(path.join(dataDir, dataPaths.telemetry)).clear();
  return readState(context);
}

/** So that it can be said who wants to be told. Those that do not answer are asked by the next command that needs them. */
async function askRegistries({ registries, signal, output, globals }: Context): Promise<void> {
  if (globals.offline) return;
  const clients = (await registries()).filter(({ registryUrl }) => !registryUrl.startsWith('file:'));
  await output.during('Asking the registries', () =>
    Promise.allSettled(clients.map((client) => client.config(signal))),
  );
}
