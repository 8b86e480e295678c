/** What a widget shows: one shape for each type of display that a manifest may declare. */
import type { Plugin } from '../plugin.ts';

export interface MetricData {
  readonly type: 'metric';
  /** Null where there is nothing to show yet. */
  readonly value: number | null;
  /** Shown behind the value: `ms`. */
  readonly unit?: string;
}

export interface TableData {
  readonly type: 'table';
  readonly columns: readonly string[];
  /** As many cells in each row as there are columns. */
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface TextData {
  readonly type: 'text';
  /** Plain text: shown as it is, line breaks included. */
  readonly text: string;
}

/** Lines over a common axis. */
export interface ChartData {
  readonly type: 'chart';
  /** Ascending; seconds since the epoch, unless `xUnit` is given. */
  readonly x: readonly number[];
  /** Absent for time; else the axis is a plain number with this unit. */
  readonly xUnit?: string;
  readonly series: readonly ChartSeries[];
}

export interface ChartSeries {
  readonly label: string;
  /** As many as there are `x`; null is a gap. */
  readonly values: readonly (number | null)[];
}

export type WidgetData = MetricData | TableData | TextData | ChartData;

export interface Widget {
  /**
   * The data of a display, by its name under `displays` in ar-plugin.yaml, in the shape of its declared type. Asked every
   * few seconds while somebody looks; reject for a name that is not known.
   */
  getData(name: string): Promise<WidgetData>;
}

/** What became of a message, without what was in it. */
export type MessageObservation = SentMessageFacts | DeliveredMessageFacts | FailedMessageFacts;

interface MessageFacts {
  /** Milliseconds since the epoch, by the daemon's clock: when this happened. */
  readonly at: number;
  /** The name behind the sender's connection, whatever the message says. */
  readonly from: string;
  /** An agent's name or `*`; absent for a channel, and where it is not known. */
  readonly to?: string;
  readonly channel?: string;
  readonly topic?: string;
}

/** The daemon was handed a message. Once for each, whoever it is for. */
export interface SentMessageFacts extends MessageFacts {
  readonly kind: 'sent';
  /** Of its body, in UTF-8. */
  readonly bodyBytes: number;
}

/** A receiver acknowledged it. Once for each receiver; agent-relay acknowledges no message of a channel. */
export interface DeliveredMessageFacts extends MessageFacts {
  readonly kind: 'delivered';
  /**
   * Milliseconds, with fractions, from the daemon being handed the message to the acknowledgement; decisions of policies
   * are part of it. Absent where it is not known, as for what waited for an agent that was away.
   */
  readonly latencyMs?: number;
}

/** It did not reach a receiver. Once for each receiver that is known. */
export interface FailedMessageFacts extends MessageFacts {
  readonly kind: 'failed';
  /**
   * `denied`: by a policy or a hook. `unreachable`: nobody has that name, or its connection takes no more.
   * `unacknowledged`: no acknowledgement, tried again in vain. `disconnected`: the receiver left before it acknowledged.
   * `rate-limited`: the daemon itself dropped it.
   */
  readonly reason: 'denied' | 'unreachable' | 'unacknowledged' | 'disconnected' | 'rate-limited';
}

/** What was observed since the batch before, in order. */
export interface ObservedMessages {
  readonly observations: readonly MessageObservation[];
  /** Observations that were lost since the batch before, because the widget was too slow. */
  readonly dropped: number;
}

/** A plugin of type `widget`. */
export interface WidgetPlugin extends Plugin, Widget {
  /**
   * Told what passes through the daemon, in batches, one after the other; no message waits for it. Needs
   * `observes: [messages]` in ar-plugin.yaml. At most 256 observations in a batch.
   */
  onMessages?(batch: ObservedMessages): Promise<void> | void;
}
