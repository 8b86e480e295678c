import type { Plugin } from '@ar-registry/sdk';
import type { Guest } from '../host/guest.ts';
import type { Host } from '../host/host.ts';

/** How plugins of one type are tied to the daemon. A type is added by a file of its own and a line in `index.ts`. */
export interface Binding {
  /** Whether the plugin's relay client is connected before `onLoad`. */
  readonly connectsClient: boolean;
  /** Of such a type one plugin may be active at a time. */
  readonly exclusive?: true;
  /** Called before `onLoad`, once the plugin's context is there. */
  restrict?(guest: Guest): void;
  /**
   * Ties a loaded plugin to the daemon. Ends within the time limits of what it calls.
   *
   * @returns unties it: no call begins afterwards, and those under way have ended or run out of time
   */
  attach(plugin: Plugin, guest: Guest, host: Host): Promise<() => Promise<void>>;
}
