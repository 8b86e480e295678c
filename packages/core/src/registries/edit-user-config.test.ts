import { describe, expect, it } from 'vitest';
import { editUserSetting } from './edit-user-config.ts';
import { parseUserConfig } from './user-config.ts';

describe('a setting of the user', () => {
  it('is written into a file that is not there yet', () => {
    const text = editUserSetting('', 'telemetry', true);
    expect(parseUserConfig(text, 'config.yaml')).toEqual({ schemaVersion: 1, telemetry: true });
  });

  it('is changed, and all else stays as it was written', () => {
    const before = '# mine\nschemaVersion: 1\nminimumReleaseAge: 3d # careful\ntelemetry: true\n';
    const after = editUserSetting(before, 'telemetry', false);
    expect(after).toBe(before.replace('telemetry: true', 'telemetry: false'));
  });
});
