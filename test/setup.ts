import fc from 'fast-check';
import { PROPERTY_TIME_LIMIT_MS, propertyRuns, propertySeed } from './support/property-settings.ts';

fc.configureGlobal({ seed: propertySeed(process.env), numRuns: propertyRuns(process.env), verbose: 1 });
fc.installGlobalPlugin(fc.interruptAfterTimeLimit(PROPERTY_TIME_LIMIT_MS, { failOnInterrupt: true }));
