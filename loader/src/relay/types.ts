/**
 * The parts of agent-relay 1.x that the loader reaches for, as structural types.
 *
 * agent-relay is resolved from the user's project at run time, so nothing of it can be imported here. The type tests
 * hold these against the real declarations of 1.6.0. `router` is private there; an interface of the daemon's events
 * does not exist in 1.x.
 */
import type { Daemon, RelayClient } from '@ar-registry/sdk';

export interface RelayConnection {
  readonly id: string;
  readonly agentName?: string | undefined;
  readonly entityType?: 'agent' | 'user' | undefined;
  readonly cli?: string | undefined;
  readonly program?: string | undefined;
  readonly model?: string | undefined;
  readonly sessionId: string;
  close?(): void;
}

/** What a client sent. The daemon checks none of it: every field may be anything. */
export interface RelayEnvelope {
  readonly id?: unknown;
  readonly ts?: unknown;
  readonly to?: unknown;
  readonly topic?: unknown;
  readonly payload?: unknown;
}

/** The four methods through which everything passes that plugins hear of. */
export interface RelayRouter {
  register(connection: never): void;
  unregister(connection: never): void;
  route(connection: never, envelope: never): void;
  /** Since 1.3.3. */
  routeChannelMessage?(connection: never, envelope: never): void;
  getChannelsForMember?(name: string): string[];
}

/** A daemon and its router, which is there once the daemon has started. */
export interface HostDaemon extends Daemon {
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface DaemonConfig {
  readonly socketPath: string;
  readonly pidFilePath: string;
  readonly storagePath: string;
  readonly teamDir: string;
}

interface ClientConfig {
  readonly socketPath: string;
  readonly agentName: string;
  readonly quiet: boolean;
  readonly reconnect: boolean;
  readonly cli: string;
}

export type RelayClientClass = new (config: ClientConfig) => RelayClient;
export type DaemonClass = new (config: DaemonConfig) => HostDaemon;

/** Where agent-relay keeps the data of one project. */
export interface ProjectPaths {
  readonly dataDir: string;
  readonly teamDir: string;
  readonly dbPath: string;
  readonly socketPath: string;
  readonly projectRoot: string;
}

/** What is imported of agent-relay. */
export interface RelayModules {
  readonly Daemon: DaemonClass;
  readonly RelayClient: RelayClientClass;
  readonly ensureProjectDir: (projectRoot: string) => ProjectPaths;
  readonly findProjectRoot: (startDir: string) => string;
}

/** The router of a started daemon; undefined before. */
export function routerOf(daemon: Daemon): RelayRouter | undefined {
  return (daemon as unknown as { readonly router?: RelayRouter }).router;
}
