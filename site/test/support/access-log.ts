/** An access log of a month before today, as nginx writes one: what a registry of some use would have. */
import { eventAddress, type TelemetryEvent } from '@ar-registry/core/telemetry';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;
const AGENT = 'ar-plugin/0.1.0 node/24.1.0';

/** What one plugin has of everything, and another of downloads alone. */
export const COUNTED = { used: '@ar/webhook-bridge', downloaded: '@ar/rbac-policy' } as const;

/** @param nowMs days before this one and the one before it are final */
export function accessLog(nowMs: number): string {
  const days = Array.from({ length: 30 }, (_, at) => nowMs - (at + 2) * DAY_MS);
  return days.flatMap((day, at) => linesOf(day, at)).join('');
}

function linesOf(dayMs: number, age: number): readonly string[] {
  const lines = (count: number, target: string): readonly string[] =>
    Array.from({ length: count }, (_, client) => lineOf(dayMs, `192.0.2.${client}`, target));
  const told = (count: number, event: TelemetryEvent): readonly string[] =>
    lines(count, `/t/v1/${eventAddress(event)}`);
  const [name, version] = [COUNTED.used, '1.1.0'];
  return [
    ...lines(60 - age, download(name, version)),
    ...lines(20, download(name, '1.0.1')),
    ...lines(15, download(COUNTED.downloaded, '1.0.0')),
    ...told(68, { kind: 'active', name, version }),
    ...told(21, { kind: 'active', name, version: '1.0.1' }),
    ...told(11, { kind: 'active', name, version: '1.0.0' }),
    ...told(150, { kind: 'load', name, version, ms: 50 }),
    ...told(age === 0 ? 9 : 0, { kind: 'error', name, version }),
    ...told(12, { kind: 'search', terms: 'slack bridge' }),
    ...told(10, { kind: 'missed', terms: 'fax machine' }),
    ...lines(12, `/t/v1/missed?q=${encodeURIComponent('<img src=x onerror=alert(1)>')}`),
  ];
}

function download(name: string, version: string): string {
  return `/api/v1/plugins/${name}/${version}/download`;
}

function lineOf(dayMs: number, client: string, target: string): string {
  const [year, month, day] = new Date(dayMs).toISOString().slice(0, 10).split('-');
  const time = `${day}/${MONTHS[Number(month) - 1]}/${year}:10:00:00 +0000`;
  return `${client} - - [${time}] "GET ${target} HTTP/1.1" 200 512 "-" "${AGENT}"\n`;
}
