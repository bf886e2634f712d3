export { raceScenario as default } from '../check/scenario-race.ts';
