import { describe, expect, it } from 'vitest';
import { propertyRuns, propertySeed } from '../../support/property-settings.ts';

const COMMIT = '00000001000000020000000400000008f0000000';

describe('propertySeed', () => {
  it.each([
    ['7', 7],
    ['-7', -7],
    ['0x10', 16],
    ['4294967295', -1],
    [COMMIT, (1 ^ 2 ^ 4 ^ 8 ^ 0xf0000000) | 0],
  ])('reads %s as %i', (text, seed) => {
    expect(propertySeed({ PROPERTY_SEED: text, CI: 'true' })).toBe(seed);
  });

  it('demands a seed where CI is set, and draws one elsewhere', () => {
    expect(() => propertySeed({ CI: 'true' })).toThrow('CI needs PROPERTY_SEED');
    expect(Number.isInteger(propertySeed({}))).toBe(true);
  });

  it('names the forms it accepts', () => {
    expect(() => propertySeed({ PROPERTY_SEED: 'HEAD' })).toThrow('neither decimal');
  });
});

describe('propertyRuns', () => {
  it('reads whole positive numbers only', () => {
    expect(propertyRuns({ PROPERTY_RUNS: '1e5' })).toBe(100_000);
    expect(() => propertyRuns({ PROPERTY_RUNS: '0' })).toThrow('not a number of runs');
    expect(() => propertyRuns({ PROPERTY_RUNS: 'many' })).toThrow('not a number of runs');
  });
});
