/**
 * What the loader may call on the object that a plugin exports, for each type.
 *
 * One list for both placements: in the daemon's process it says which members must be functions; for a plugin in a
 * process of its own, the remote instance has exactly these methods (those that the plugin has, too), each an
 * asynchronous call over the pipe. A binding that calls only what is listed here, and awaits what it gets, works with
 * either.
 *
 * Arguments and results are plain data: JSON, and besides it `undefined`, `Date`, `Uint8Array`, `Map`, `Set`, `bigint`,
 * `NaN`, infinities and errors. Anything else is left out (functions) or refused.
 */
import type { PluginType } from '@ar-registry/schemas';

export interface SurfaceMethod {
  /**
   * Name of a method, or `<object>.<name>` for a method of an object that the plugin exports as a member
   * (`deadLetters.add`).
   */
  readonly path: string;
  /** A plugin without it is refused with PLUGIN_EXPORT_INVALID. Others are absent on the instance if the plugin lacks them. */
  readonly required?: true;
}

export interface PluginSurface {
  readonly methods: readonly SurfaceMethod[];
  /** Members that are plain data, read once, after `onLoad`. */
  readonly values: readonly string[];
}

const LIFE: readonly SurfaceMethod[] = optional(['onLoad', 'onUnload', 'health']);

export const PLUGIN_SURFACES: { readonly [Type in PluginType]: PluginSurface } = {
  hook: {
    methods: [...LIFE, ...optional(['beforeMessage', 'onMessage', 'onConnect', 'onDisconnect', 'onDenied'])],
    values: [],
  },
  bridge: { methods: LIFE, values: [] },
  storage: {
    methods: [
      ...LIFE,
      ...required(['init', 'saveMessage', 'getMessages']),
      ...optional([
        'getMessageById',
        'updateMessageStatus',
        'close',
        'startSession',
        'endSession',
        'getSessions',
        'getRecentSessions',
        'incrementSessionMessageCount',
        'getSessionByResumeToken',
        'saveAgentSummary',
        'getAgentSummary',
        'getAllAgentSummaries',
        'getPendingMessagesForSession',
        'getMaxSeqByStream',
      ]),
      ...optional(
        [
          'init',
          'add',
          'get',
          'query',
          'acknowledge',
          'acknowledgeMany',
          'incrementRetry',
          'remove',
          'getStats',
          'cleanup',
          'getRetryable',
          'close',
        ].map((name) => `deadLetters.${name}`),
      ),
    ],
    values: [],
  },
  memory: {
    methods: [
      ...LIFE,
      ...required(['init', 'add', 'search', 'get', 'delete']),
      ...optional(['update', 'list', 'clear', 'stats', 'close']),
    ],
    values: ['type'],
  },
  policy: {
    methods: [...LIFE, ...required(['canMessage', 'canSpawn', 'canUseTool']), ...optional(['getAgentPolicy'])],
    values: [],
  },
  widget: { methods: [...LIFE, ...required(['getData']), ...optional(['onMessages'])], values: [] },
};

function required(paths: readonly string[]): readonly SurfaceMethod[] {
  return paths.map((path) => ({ path, required: true }));
}

function optional(paths: readonly string[]): readonly SurfaceMethod[] {
  return paths.map((path) => ({ path }));
}
