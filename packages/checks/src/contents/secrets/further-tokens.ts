/**
 * Tokens that the rule set does not know and that plugins of this registry are likely to hold: those of the services
 * that bridges and memories connect to. Each has a form of its own that nothing else has by chance.
 */
import type { Hit } from './rules.ts';

const FORMS: readonly (readonly [kind: string, form: RegExp])[] = [
  // The id of the bot in base64 (a number, so it begins with M, N or O), when it was made, and a signature.
  ['DISCORD_BOT_TOKEN', /\b[MNO][A-Za-z\d_-]{23,27}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,40}\b/g],
  [
    'DISCORD_WEBHOOK',
    /\bhttps:\/\/(?:\w{1,10}\.)?discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[A-Za-z\d_-]{60,80}/g,
  ],
  ['GOOGLE_API_KEY', /\bAIza[A-Za-z\d_-]{35}(?![A-Za-z\d_-])/g],
  ['PINECONE_API_KEY', /\bpcsk_[A-Za-z\d]{4,10}_[A-Za-z\d]{50,80}\b/g],
  ['TELEGRAM_BOT_TOKEN', /\b\d{8,10}:AA[A-Za-z\d_-]{33}(?![A-Za-z\d_-])/g],
];

/** @param text attacker-controlled; every form is bounded, so time is linear in its length */
export function findFurtherTokens(text: string): readonly Hit[] {
  return FORMS.flatMap(([kind, form]) =>
    Array.from(text.matchAll(form), ({ 0: match, index }) => ({
      rule: 'further-tokens',
      kind,
      start: index,
      end: index + match.length,
    })),
  );
}
