/** The first word by which the standalone binary becomes what sends telemetry. No archiver has it, and no person types it. */
export const SENDER = '--ar-telemetry-sender';
