/** Who and what is in the workspace, and what was posted. */

export interface User {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'channel' | 'group' | 'im';
  /** Whether the app is in it. */
  isMember: boolean;
}

export interface PostedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly threadTs?: string;
  readonly username?: string;
  readonly metadata?: { readonly event_type: string; readonly event_payload: Readonly<Record<string, unknown>> };
  /** Who wrote it; the app where it is absent. */
  readonly user?: string;
}

export interface Workspace {
  readonly users: Map<string, User>;
  readonly channels: Map<string, Channel>;
  /** By anybody, in order. */
  readonly messages: PostedMessage[];
  nextTs(): string;
}

export const BOT = { userId: 'U0BOT00001', botId: 'B0BOT00001', appId: 'A0APP00001', teamId: 'T0TEAM0001' } as const;

export function createWorkspace(): Workspace {
  let count = 0;
  return {
    users: new Map(),
    channels: new Map(),
    messages: [],
    nextTs: () => `${Math.floor(Date.now() / 1000)}.${String((count += 1)).padStart(6, '0')}`,
  };
}
