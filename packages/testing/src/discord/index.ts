export { startDiscord, type DiscordDouble } from './double.ts';
export type { Fault } from './faults.ts';
export type { PostedMessage } from './guild.ts';
