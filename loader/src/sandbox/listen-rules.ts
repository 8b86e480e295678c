/**
 * Which addresses a plugin may listen on: its `listen` grants, read once. The daemon's process listens for it, on exactly
 * these. What is asked here comes from the guest; the values of keys are the user's alone.
 */
import { isIP } from 'node:net';
import { canonicalHost } from './network-rules.ts';

export interface ListenAddress {
  /** An address in its shortest form; `0.0.0.0` and `::` stand for all. */
  readonly host: string;
  /** 0 for any free port, of this machine's own addresses alone. */
  readonly port: number;
}

export interface ListenRule extends ListenAddress {
  /** The grant as it is written. */
  readonly grant: string;
}

/** Where a plugin wants to listen; without a host, wherever it may. */
export interface AskedAddress {
  readonly host?: string | undefined;
  readonly port: number;
}

export interface ListenSources {
  /** What the user gave for a key, as text that is not empty. */
  readonly given: (key: string) => string | undefined;
  /** A grant cannot be kept; `why` is a clause. */
  readonly onUnkept: (grant: string, why: string) => void;
}

/** Reads the grants: `127.0.0.1:3000`, `${KEY}` for a port or an address with its port, `${HOST}:${PORT}`. */
export function readListenRules(grants: readonly string[], { given, onUnkept }: ListenSources): readonly ListenRule[] {
  return grants.flatMap((grant) => {
    const rule = readRule(grant, given);
    if (typeof rule === 'object') return [{ grant, ...rule }];
    onUnkept(grant, rule);
    return [];
  });
}

/** Where the daemon listens for a plugin that asks for this; undefined where nothing permits it. */
export function findListenAddress(
  rules: readonly ListenRule[],
  { host, port }: AskedAddress,
): ListenAddress | undefined {
  const samePort = rules.filter((rule) => rule.port === port);
  const [first] = samePort;
  if (host === undefined) return first;
  const address = canonicalHost(host);
  if (address === 'localhost') return samePort.find((rule) => isLoopback(rule.host));
  if (address === undefined || isIP(address) === 0) return undefined;
  return samePort.some((rule) => covers(rule.host, address)) ? { host: address, port } : undefined;
}

/** @returns why there is none, as a clause */
function readRule(grant: string, given: ListenSources['given']): ListenAddress | string {
  const key = keyOf(grant);
  if (key === undefined) return readParts(grant, given);
  const value = given(key);
  if (value === undefined) return noValue(key);
  return /^\d+$/.test(value) ? toAddress('127.0.0.1', value) : toAddress(...split(value));
}

function readParts(text: string, given: ListenSources['given']): ListenAddress | string {
  const [host, port] = split(text);
  const [hostKey, portKey] = [keyOf(host), keyOf(port)];
  const givenPort = portKey === undefined ? port : given(portKey);
  if (givenPort === undefined) return noValue(portKey ?? '');
  // Who names no address wants nobody else to reach it.
  return toAddress(hostKey === undefined ? host : (given(hostKey) ?? '127.0.0.1'), givenPort);
}

function split(text: string): readonly [host: string, port: string] {
  const [, host = '', port = ''] = /^(.*):([^:]*)$/.exec(text) ?? [];
  return [host, port];
}

function keyOf(text: string): string | undefined {
  return /^\$\{([A-Z][A-Z0-9_]*)\}$/.exec(text)?.[1];
}

function noValue(key: string): string {
  return `you gave no value for ${key}`;
}

function toAddress(text: string, digits: string): ListenAddress | string {
  const canonical = canonicalHost(text);
  const host = canonical === 'localhost' ? '127.0.0.1' : canonical;
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
  if (host === undefined || isIP(host) === 0) return 'it names no address: give one such as 127.0.0.1 or 0.0.0.0';
  if (!(port <= 65_535)) return 'it names no port';
  if (port === 0 && !isLoopback(host)) return 'a port of the system’s choice is for this machine alone';
  return { host, port };
}

function covers(granted: string, address: string): boolean {
  return granted === address || granted === '::' || (granted === '0.0.0.0' && isIP(address) === 4);
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.[\d.]+$/.test(address);
}
