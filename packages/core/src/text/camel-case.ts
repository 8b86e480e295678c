/** `SLACK_BOT_TOKEN` → `slackBotToken`: how a plugin sees the configuration keys of its manifest. */
export function toCamelCase(key: string): string {
  return key.toLowerCase().replaceAll(/_+([a-z0-9])/g, (_, next: string) => next.toUpperCase());
}
