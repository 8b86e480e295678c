import type { Daemon } from '../relay.ts';

/** A daemon that only remembers. */
export interface TestDaemon extends Daemon {
  /** What the plugin sent through `broadcastSystemMessage`, in order. */
  readonly systemMessages: readonly { readonly message: string; readonly data?: Readonly<Record<string, unknown>> }[];
}

/** A running daemon to which `agents` are connected. */
export function createTestDaemon(agents: readonly string[]): TestDaemon {
  const systemMessages: { message: string; data?: Record<string, unknown> }[] = [];
  return {
    systemMessages,
    getAgents: () => [...agents],
    broadcastSystemMessage: (message, data) => {
      systemMessages.push({ message, ...(data && { data }) });
    },
    connectionCount: agents.length,
    isRunning: true,
  };
}
