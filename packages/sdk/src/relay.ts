/**
 * The parts of agent-relay 1.x that a plugin meets, as structural types.
 *
 * A plugin needs no agent-relay at build time (its installation compiles native code for minutes). The loader's type
 * tests hold that the real `Daemon` and `RelayClient` of agent-relay 1.6.0 fit these interfaces.
 */

export type PayloadKind = 'message' | 'action' | 'state' | 'thinking';

export interface SendPayload {
  kind: PayloadKind;
  body: string;
  data?: Record<string, unknown>;
  thread?: string;
}

export interface SendMeta {
  requires_ack?: boolean;
  ttl_ms?: number;
  importance?: number;
  replyTo?: string;
}

export interface ChannelMessageEnvelope {
  v: number;
  type: 'CHANNEL_MESSAGE';
  id: string;
  ts: number;
  payload: { channel: string; body: string; thread?: string; data?: Record<string, unknown> };
}

export type ClientState = 'DISCONNECTED' | 'CONNECTING' | 'HANDSHAKING' | 'READY' | 'BACKOFF';

/** A connection to the daemon under a name of its own. Callbacks are single slots: the last assignment wins. */
export interface RelayClient {
  /**
   * `originalTo` is absent for a message to this client alone, `*` for a broadcast, or a channel: agent-relay calls this
   * for the messages of channels too, after `onChannelMessage`. Every agent is in `#general`, joined or not.
   */
  // oxlint-disable-next-line max-params -- the signature is agent-relay's
  onMessage?: (from: string, payload: SendPayload, messageId: string, meta?: SendMeta, originalTo?: string) => void;
  // oxlint-disable-next-line max-params -- the signature is agent-relay's
  onChannelMessage?: (from: string, channel: string, body: string, envelope: ChannelMessageEnvelope) => void;
  onStateChange?: (state: ClientState) => void;
  onError?: (error: Error) => void;
  readonly state: ClientState;
  readonly agentName: string;
  connect(): Promise<void>;
  /** Ends the connection for good. The loader calls it after `onUnload`. */
  destroy(): void;
  /** True when the frame was queued, not when it was delivered. */
  sendMessage(
    to: string,
    body: string,
    kind?: PayloadKind,
    data?: Record<string, unknown>,
    thread?: string,
    meta?: SendMeta,
  ): boolean;
  broadcast(body: string, kind?: PayloadKind, data?: Record<string, unknown>): boolean;
  joinChannel(channel: string, displayName?: string): boolean;
  leaveChannel(channel: string, reason?: string): boolean;
  sendChannelMessage(
    channel: string,
    body: string,
    options?: { thread?: string; mentions?: string[]; data?: Record<string, unknown> },
  ): boolean;
}

/** The running daemon. */
export interface Daemon {
  getAgents(): string[];
  broadcastSystemMessage(message: string, data?: Record<string, unknown>): void;
  readonly connectionCount: number;
  readonly isRunning: boolean;
}
