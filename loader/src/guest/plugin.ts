/** The plugin inside of its process: imported once, called by name. */
import type { Peer } from '../bridge/peer.ts';
import { defaultExport, describeExport, findMember } from '../bridge/describe-export.ts';
import type { ClientCallback, DaemonState, ExportDescription, StartMessage } from '../bridge/protocol.ts';
import { createGuestContext, type GuestContext } from './context.ts';

export interface GuestPlugin {
  /** Answers a call of the host. */
  readonly onCall: (method: string, args: readonly unknown[]) => unknown;
  readonly onNote: (method: string, args: readonly unknown[]) => void;
}

export type ImportModule = (url: string) => Promise<object>;

export interface GuestPluginPorts {
  readonly peer: () => Peer;
  readonly importModule: ImportModule;
  /** Is run after the message came and before any of the plugin's code. */
  readonly harden: (start: StartMessage) => void;
}

export function createGuestPlugin({ peer, importModule, harden }: GuestPluginPorts): GuestPlugin {
  let exported: unknown;
  let context: GuestContext | undefined;

  const start = async (message: StartMessage): Promise<ExportDescription> => {
    context = createGuestContext(message, peer());
    harden(message);
    exported = defaultExport(await importModule(message.mainUrl));
    return describeExport(exported, message.methods);
  };
  const callMethod = (path: string, args: readonly unknown[]): unknown => {
    const { owner, member } = findMember(exported, path);
    if (typeof member !== 'function') throw new TypeError(`the plugin has no method ${path}`);
    return Reflect.apply(member, owner, args);
  };
  const load = async (values: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
    if (findMember(exported, 'onLoad').member !== undefined) await callMethod('onLoad', [context?.context]);
    return Object.fromEntries(values.map((name) => [name, findMember(exported, name).member]));
  };
  return {
    onCall(method, args) {
      switch (method) {
        case 'start':
          return start(args[0] as StartMessage);
        case 'load':
          return load(args as readonly string[]);
        case 'method':
          return callMethod(args[0] as string, args.slice(1));
        case 'callback':
          return context?.callBack(args[0] as ClientCallback, args.slice(1));
        case 'ping':
          return undefined;
        default:
          throw new TypeError(`there is no call ${method}`);
      }
    },
    onNote(method, [value]) {
      if (method === 'client-state') context?.setClientState(value as never);
      if (method === 'daemon-state') context?.setDaemonState(value as DaemonState);
      if (method === 'abort') context?.abort();
    },
  };
}
