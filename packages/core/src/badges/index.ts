export { drawBadge, type Badge, type Tone } from './badges.ts';
export { BADGE_KINDS, drawPluginBadges, shortNumber, type BadgeKind } from './plugin-badges.ts';
