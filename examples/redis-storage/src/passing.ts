/** What an error says: whether the same command may work a little later. */
import {
  ClientOfflineError,
  ConnectionTimeoutError,
  DisconnectsClientError,
  ErrorReply,
  SocketClosedUnexpectedlyError,
  SocketTimeoutError,
  TimeoutError,
} from 'redis';

const CONNECTION = [
  ClientOfflineError,
  ConnectionTimeoutError,
  DisconnectsClientError,
  SocketClosedUnexpectedlyError,
  SocketTimeoutError,
  TimeoutError,
];
/** How a reply begins that is about the server and not about the command: it starts, is full, is not the primary. */
const PASSING =
  /^(?:LOADING|BUSY|MASTERDOWN|READONLY|MISCONF|OOM|NOREPLICAS|TRYAGAIN|CLUSTERDOWN|ERR max number of clients)/;

/** Whether the same command may work later: the connection is gone, or the server cannot do anything now. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ErrorReply) return PASSING.test(error.message);
  if (!(error instanceof Error)) return false;
  return CONNECTION.some((kind) => error instanceof kind) || ('syscall' in error && 'code' in error);
}

/** Never the address: it may hold the password. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error instanceof AggregateError && error.message === '') return describe(error.errors[0]);
  return error.message === '' ? error.name : error.message;
}
