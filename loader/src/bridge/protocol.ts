/**
 * What the two sides say to each other. The guest believes the host; the host checks whatever comes from the guest.
 *
 * Calls to the guest: `start`, `load`, `method`, `callback`, `ping`. Notes to it: `client-state`, `daemon-state`, `abort`.
 * Calls to the host: `connect`, `lookup`, `open-port`. Notes to it: `log`, `metric`, `client`, `listen`, `broadcast`,
 * `fault`, `denied`, `close-port`.
 */

/** The first call to the guest. Holds the configuration, which may be secret: never on a command line or in a variable. */
export interface StartMessage {
  readonly plugin: string;
  /** `file:` URL of the module to import. */
  readonly mainUrl: string;
  readonly agentName: string;
  readonly dataDir: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The whole of `process.env`. */
  readonly env: Readonly<Record<string, string>>;
  readonly allowed: AllowedPowers;
  /** Paths of the plugin type's surface. */
  readonly methods: readonly string[];
  readonly daemon: DaemonState;
}

/** What the guest's own refusals go by; each has a stronger wall behind it, see docs/sandbox.md. */
export interface AllowedPowers {
  readonly childProcess: readonly string[];
  readonly workers: boolean;
  readonly nativeAddons: boolean;
  readonly codeGeneration: boolean;
}

export interface DaemonState {
  readonly agents: readonly string[];
  readonly connectionCount: number;
  readonly isRunning: boolean;
}

/** Kind of the default export, and `typeof` each member of the surface that is there. */
export interface ExportDescription {
  /** `typeof`, or `null`. */
  readonly exported: string;
  readonly members: Readonly<Record<string, string>>;
}

export const CLIENT_METHODS = [
  'sendMessage',
  'broadcast',
  'joinChannel',
  'leaveChannel',
  'sendChannelMessage',
  'destroy',
] as const;
export type ClientMethod = (typeof CLIENT_METHODS)[number];

export const CLIENT_CALLBACKS = ['onMessage', 'onChannelMessage', 'onStateChange', 'onError'] as const;
export type ClientCallback = (typeof CLIENT_CALLBACKS)[number];

/** The permission whose lack made something fail, as the manifest spells it, and what was tried. */
export interface Denial {
  readonly permission: string;
  readonly resource: string;
}

/** One address of a name. */
export interface Resolved {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Where a server of the plugin's wants to listen. */
export interface ListenRequest {
  /** The guest's own number for the server, of which connections to it speak. */
  readonly listener: number;
  /** Absent where the plugin names none. */
  readonly host?: string | undefined;
  readonly port: number;
  readonly backlog?: number | undefined;
  readonly ipv6Only?: boolean | undefined;
}
