import { propertySeed } from './support/property-settings.ts';

/** Settles the seed once for all test files, which inherit the environment, and says it. */
export default function settleSeed(): void {
  const given = process.env.PROPERTY_SEED;
  const seed = propertySeed(process.env);
  process.env.PROPERTY_SEED = String(seed);
  process.stderr.write(`PROPERTY_SEED=${given || seed}\n`);
}
