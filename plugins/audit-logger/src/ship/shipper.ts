/**
 * Sends what is in the log to one destination, in order, at least once: a batch is over when the destination has it and
 * that is on the disk. What fails is tried again, after longer and longer pauses, for as long as the plugin runs.
 */
import type { Logger, MetricsCollector } from '@ar-registry/sdk';
import type { Cursor, CursorFile } from './cursor-file.ts';
import { ShipError, type Batch, type Destination } from './destination.ts';
import type { LogReader } from './log-reader.ts';

export interface Shipper {
  readonly name: string;
  /** There may be lines to send. */
  wake(): void;
  /** The number of the last line that the destination has. */
  sent(): number;
  status(): ShipperStatus;
  /** Sends what is left, for so long at most. What is not sent is in the log, and is sent by the next run. */
  close(timeoutMs: number): Promise<void>;
}

export interface ShipperStatus {
  readonly sent: number;
  /** Lines that wait. */
  readonly waiting: number;
  /** Lines that were gone before they could be sent. */
  readonly missed: number;
  /** Why the last attempt failed; absent when it succeeded. */
  readonly failure?: string;
}

export interface ShipperOptions {
  readonly destination: Destination;
  readonly reader: LogReader;
  readonly cursorFile: CursorFile;
  /** The number of the last line that is on the disk. */
  readonly committed: () => number;
  /** How long lines are gathered before they are sent. */
  readonly everyMs: number;
  readonly logger: Logger;
  readonly metrics: MetricsCollector;
  /** Called whenever the destination has more. */
  readonly onSent?: () => void;
}

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
const SEND_TIMEOUT_MS = 30_000;

export async function openShipper(options: ShipperOptions): Promise<Shipper> {
  return new LogShipper(options, await options.cursorFile.read());
}

class LogShipper implements Shipper {
  readonly name: string;
  readonly #options: ShipperOptions;
  readonly #ending = new AbortController();
  #cursor: Cursor;
  /** Whether anything was ever sent: before, lines that are gone were never to be sent. */
  #hasBegun: boolean;
  #missed = 0;
  #failures = 0;
  #failure: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isClosing = false;

  constructor(options: ShipperOptions, cursor: Cursor | undefined) {
    this.#options = options;
    this.name = options.destination.name;
    this.#cursor = cursor ?? { sent: 0 };
    this.#hasBegun = cursor !== undefined;
  }

  wake(): void {
    if (!this.#isClosing && !this.#running && this.#options.committed() !== this.#cursor.sent)
      this.#plan(this.#options.everyMs);
  }

  sent(): number {
    return this.#cursor.sent;
  }

  status(): ShipperStatus {
    const failure = this.#failure === undefined ? {} : { failure: this.#failure };
    return { sent: this.#cursor.sent, waiting: this.#waiting(), missed: this.#missed, ...failure };
  }

  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#ending.abort(), timeoutMs);
    // A destination that does not answer is not asked again now.
    await this.#running;
    if (this.#failure === undefined) await this.#run();
    clearTimeout(timer);
    this.#ending.abort();
    this.#options.destination.close();
  }

  #waiting(): number {
    return Math.max(0, this.#options.committed() - this.#cursor.sent);
  }

  #plan(afterMs: number): void {
    if (this.#isClosing) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        this.wake();
      });
    }, afterMs);
  }

  /** Sends batch after batch until there is nothing left, or one fails. Does not reject. */
  async #run(): Promise<void> {
    try {
      while (!this.#ending.signal.aborted && (await this.#shipOne()));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #shipOne(): Promise<boolean> {
    const { reader, cursorFile, destination, committed, metrics, onSent } = this.#options;
    this.#restartIfNew();
    const { sent, planned = committed() } = this.#cursor;
    const batch = await reader.read(sent, Math.min(planned, committed()), destination.limits);
    if (!batch) return false;
    this.#noteMissed(batch);
    await cursorFile.write({ sent: batch.first - 1, planned: batch.last });
    await destination.send(batch, AbortSignal.any([this.#ending.signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]));
    this.#cursor = { sent: batch.last };
    await cursorFile.write(this.#cursor);
    this.#succeed(batch);
    metrics.counter('lines_sent', batch.lines.length, { destination: this.name });
    onSent?.();
    return true;
  }

  /** Whoever moves the log away begins a new one at its first number. */
  #restartIfNew(): void {
    if (this.#options.committed() >= this.#cursor.sent) return;
    this.#options.logger.warn('The log begins anew; all of it is sent.', { to: this.name });
    this.#cursor = { sent: 0 };
  }

  #noteMissed({ first }: Batch): void {
    const missed = first - this.#cursor.sent - 1;
    if (missed > 0 && this.#hasBegun) {
      this.#missed += missed;
      this.#options.logger.error('Lines were gone before they could be sent.', { to: this.name, lines: missed });
    }
    this.#hasBegun = true;
    this.#cursor = { sent: first - 1 };
  }

  #succeed({ last }: Batch): void {
    if (this.#failure !== undefined) this.#options.logger.info('Lines are sent again.', { to: this.name, upTo: last });
    this.#failures = 0;
    this.#failure = undefined;
  }

  #fail(error: unknown): void {
    const { logger, metrics } = this.#options;
    metrics.counter('send_failures', 1, { destination: this.name });
    // Any other error may hold what was sent, or a header with a key.
    const message = error instanceof ShipError ? error.message : `unexpected ${nameOf(error)}`;
    if (message !== this.#failure)
      logger.warn('Lines are not sent yet; they wait in the log.', { to: this.name, why: message });
    this.#failure = message;
    const asked = error instanceof ShipError ? (error.retryAfterMs ?? 0) : 0;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, MAX_PAUSE_MS);
    this.#failures += 1;
    this.#plan(Math.max(asked, pauseMs));
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? `${error.name} (${error.code})` : error.name;
}
